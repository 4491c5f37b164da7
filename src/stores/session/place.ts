// Where sessions are kept: one interface, an implementation for each of PHP's save handlers.
import { failure, type Result, success } from '../../php/result.ts';
import { reasonOf } from '../../reason.ts';

/** What a place holds under a key. */
export type StoredSession = {
  readonly bytes: Uint8Array;
  /** Further columns of a table's row that a dialect asked for. */
  readonly columns: Readonly<Record<string, string>>;
};

/** Says why a place gave no answer. It names no key: who knows a session's key is its visitor. */
export type PlaceError = { readonly message: string };

/** Keeps sessions. Every promise settles within the place's deadline and none rejects. No operation takes PHP's lock. */
export interface SessionPlace {
  /** Reads a session; null if there is none, or if it has run out where the place itself knows. */
  read(key: string): Promise<Result<StoredSession | null, PlaceError>>;
  /** Has a session live on for its lifetime from now; false if there is none any more. Never creates one. */
  touch(key: string): Promise<Result<boolean, PlaceError>>;
  /** Ends the connections. */
  close(): void | Promise<void>;
}

/** What all places are told. */
export type PlaceOptions = {
  /** Put before every key. */
  readonly prefix: string;
  /** How long one operation may take in all, in milliseconds. */
  readonly timeoutMs: number;
  /** How long PHP keeps a session that nobody uses, in seconds. */
  readonly lifetime: number;
  /** The time in seconds since 1970. */
  readonly now: () => number;
};

/** The columns of a place that has none. */
export const NO_COLUMNS: StoredSession['columns'] = Object.freeze({});

/** Waits for work no longer than its deadline. What fails later is not heard. */
export function within<Value>(
  work: Promise<Value>,
  timeoutMs: number,
  place: string,
): Promise<Result<Value, PlaceError>> {
  return new Promise((resolve) => {
    const late = () => resolve(failure({ message: `${place}: no answer within ${timeoutMs} ms` }));
    const timer = setTimeout(late, timeoutMs);
    work
      .then(
        (value) => resolve(success(value)),
        (error: unknown) => resolve(failure({ message: `${place}: ${reasonOf(error)}` })),
      )
      .finally(() => clearTimeout(timer));
  });
}
