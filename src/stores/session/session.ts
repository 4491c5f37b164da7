// A visitor's session as handlers see it: what PHP wrote when its last request ended, never to be changed here.
import { getPath, toPlain } from '../../php/path.ts';
import type { PhpArray, PhpValue } from '../../php/value.ts';
import { conform, type Schema } from './schema.ts';

/** What was found for a request's session cookie. */
export type SessionRead =
  /** No cookie, or one that is no session id: PHP would start a new session. */
  | { readonly kind: 'none' }
  /** A session id whose session has ended or never was. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'loaded'; readonly values: PhpArray; readonly user?: string | undefined }
  /** Nobody knows who this visitor is; only PHP may answer. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** A visitor's session as handlers see it. */
export class Session {
  /** The session of a visitor who has none. */
  static readonly none: Session = new Session({ kind: 'none' });
  /**
   * States that the visitor sent a session id. PHP would resume that session, even one that has
   * ended, and by default send its no-cache fields.
   */
  readonly resumed: boolean;
  /** The id of the user who is logged in, as SESSION_URL's `preset` or `user` finds it. */
  readonly user_id: string | undefined;
  readonly #values: PhpArray | undefined;

  private constructor(read: Exclude<SessionRead, { kind: 'unreadable' }>) {
    const loaded = read.kind === 'loaded' ? read : undefined;
    this.#values = loaded?.values;
    this.user_id = loaded?.user;
    this.resumed = read.kind !== 'none';
  }

  /** Wraps what a store has read. */
  static of(read: Exclude<SessionRead, { kind: 'unreadable' }>): Session {
    return read.kind === 'none' ? Session.none : new Session(read);
  }

  /** States that PHP has a session for this visitor, even one without data. */
  get exists(): boolean {
    return this.#values !== undefined;
  }

  /** Finds a value such as `Auth.User.name`, in arrays and objects; undefined if there is none. */
  get(path: string | readonly string[]): PhpValue | undefined {
    return this.#values && getPath(this.#values, path);
  }

  /** States that there is a value and it is not null: PHP's isset. */
  has(path: string | readonly string[]): boolean {
    return (this.get(path) ?? null) !== null;
  }

  /**
   * Gives a value as plain data of the type that a schema (zod's, or any other that is a Standard Schema or has `parse`)
   * describes; undefined if there is none, or null. Throws a SessionMismatch if it does not fit: on GET and HEAD legacy answers.
   */
  parse<Value>(path: string | readonly string[], schema: Schema<Value>): Value | undefined {
    const value = this.get(path) ?? null;
    return value === null ? undefined : conform(toPlain(value), schema, String(path));
  }
}
