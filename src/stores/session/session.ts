// PHP's sessions, read only: no lock is taken and none is left behind. It never fails open: what cannot be read is said so.
import { itemType, unpackItem } from '../../php/formats/memcached-item.ts';
import { decodeSession, type SessionFormat } from '../../php/formats/session-format.ts';
import { getPath } from '../../php/path.ts';
import { parsePhpCookies } from '../../php/request/query.ts';
import type { PhpArray, PhpValue } from '../../php/value.ts';
import { createMemcache, type MemcacheItem, type MemcacheOptions } from '../memcache/memcache.ts';
import { memcacheUrlOptions } from '../memcache/url.ts';

/** What was found for a request's session cookie. */
export type SessionRead =
  /** No cookie, or one that is no session id: PHP would start a new session. */
  | { readonly kind: 'none' }
  /** A session id whose session has ended or never was. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'loaded'; readonly values: PhpArray }
  /** Nobody knows who this visitor is; only PHP may answer. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Where PHP keeps its sessions. No promise rejects. */
export interface SessionStore {
  /** Reads the session that a Cookie header names. Sees what PHP wrote when its last request ended. */
  read(cookieHeader: string | undefined): Promise<SessionRead>;
  /** Ends the connections. */
  close(): void;
}

const SESSION_ID = /^[A-Za-z0-9,-]{22,256}$/;

/**
 * Creates the store for `memcached://host:port?name=PHPSESSID&prefix=memc.sess.key.&serializer=php&timeout=150ms`, with PHP's
 * defaults. Throws at start-up if the URL is wrong. Placement and keys are those of php-memcached 3: source php_memcached_session.c.
 */
export function createSessionStore(url: string, options: MemcacheOptions = {}): SessionStore {
  const chosen = memcacheUrlOptions(url);
  const name = chosen.get('name') ?? 'PHPSESSID';
  const format = sessionFormat(chosen.get('serializer') ?? 'php');
  const rules = {
    variable: 'SESSION_URL',
    prefix: 'memc.sess.key.',
    distribution: 'consistent',
    otherOptions: ['name', 'serializer'],
  } as const;
  const memcache = createMemcache(url, { ...rules, ...options });
  return {
    read: async (cookieHeader) => {
      const id = sessionId(cookieHeader, name);
      if (id === undefined) return { kind: 'none' };
      const item = await memcache.get(id);
      if (!item.ok) return { kind: 'unreadable', reason: item.error.message };
      return item.value === null ? { kind: 'absent' } : load(item.value, format);
    },
    close: () => memcache.close(),
  };
}

function sessionFormat(text: string): SessionFormat {
  if (text === 'php' || text === 'php_serialize') return text;
  throw new Error('SESSION_URL: serializer must be php or php_serialize');
}

function sessionId(cookieHeader: string | undefined, name: string): string | undefined {
  const id = cookieHeader && parsePhpCookies(cookieHeader).get(name);
  return typeof id === 'string' && SESSION_ID.test(id) ? id : undefined;
}

function load(item: MemcacheItem, format: SessionFormat): SessionRead {
  // PHP's handler writes plain strings; some frameworks write through Memcached::set, which may compress them.
  if (itemType(item.flags) !== 0) return { kind: 'unreadable', reason: `an item with flags ${item.flags}` };
  const body = unpackItem(item.flags, item.value);
  if (!body.ok) return { kind: 'unreadable', reason: body.error.message };
  const decoded = decodeSession(body.value, format);
  if (decoded.ok) return { kind: 'loaded', values: decoded.value };
  return { kind: 'unreadable', reason: `${decoded.error.message} at byte ${decoded.error.offset}` };
}

/** A visitor's session as handlers see it. */
export class Session {
  /** The session of a visitor who has none. */
  static readonly none: Session = new Session(undefined, false);
  /**
   * States that the visitor sent a session id. PHP would resume that session, even one that has
   * ended, and by default send its no-cache fields.
   */
  readonly resumed: boolean;
  readonly #values: PhpArray | undefined;

  constructor(values: PhpArray | undefined, resumed: boolean) {
    this.#values = values;
    this.resumed = resumed;
  }

  /** Wraps what a store has read. */
  static of(read: Exclude<SessionRead, { kind: 'unreadable' }>): Session {
    if (read.kind === 'none') return Session.none;
    return new Session(read.kind === 'loaded' ? read.values : undefined, true);
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
}
