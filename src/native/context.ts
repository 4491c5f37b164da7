// What a handler is given: everything that has an effect, and nothing that needs an import.

import type { PlainFields } from '../php/path.ts';
import { splitTarget } from '../routing/canonical-path.ts';
import type { Parameters } from '../routing/route.ts';
import type { Filler } from '../stores/memcache/cache.ts';
import type { Db } from '../stores/mysql/mysql.ts';
import type { Session } from '../stores/session/session.ts';
import type { Stores } from '../stores/stores.ts';
import { type Body, NO_FIELDS, parseFields } from './body.ts';
import type { Cancellation } from './cancellation.ts';
import type { ExpressRequest, ExpressResponse } from './express.ts';
import { type Files, NO_FILES } from './files.ts';
import { createHandlerCache, type HandlerCache } from './handler-cache.ts';
import type { ResolvedOptions } from './options.ts';

/** What a handler is called with. */
export type Context = {
  /** What the route's parameters captured: always strings. */
  readonly params: Parameters;
  /** The query string as PHP's `$_GET` holds it. */
  readonly query: PlainFields;
  /** A form's fields as PHP's `$_POST` holds them; empty for any other body. */
  readonly form: PlainFields;
  /** A multipart form's files, as PHP's `$_FILES` knows them; removed when the request has ended. */
  readonly files: Files;
  /** The request's body, where it was a form or JSON. */
  readonly body: Body;
  readonly req: ExpressRequest;
  readonly res: ExpressResponse;
  /** The visitor's PHP session, read before the handler started. */
  readonly session: Session;
  /** MySQL. Read only for GET and HEAD, unless the handler says `writes: true`. */
  readonly db: Db;
  /** The Memcache that PHP fills, and what the new side remembers beside it. */
  readonly cache: HandlerCache;
  /** Aborted at the handler's deadline, or when the visitor leaves. */
  readonly signal: AbortSignal;
  /** The id that the log and the edge's error pages name. */
  readonly requestId: string;
};

/** What a context is made of. */
export type ContextParts = Pick<Context, 'params' | 'body' | 'req' | 'res' | 'requestId'> & {
  /** Undefined where none was read. */
  readonly session: Session | undefined;
  readonly cancellation: Cancellation;
  /** Hears who had filled what was read from the cache. */
  readonly onCacheRead: (filler: Filler) => void;
};

/** Creates the context of one request. What costs something is made on first use. */
export function createContext(parts: ContextParts, options: ResolvedOptions, stores: Stores): Context {
  return new HandlerContext(parts, options, stores);
}

class HandlerContext implements Context {
  readonly params: Parameters;
  readonly body: Body;
  readonly req: ExpressRequest;
  readonly res: ExpressResponse;
  readonly requestId: string;
  readonly #parts: ContextParts;
  readonly #options: ResolvedOptions;
  readonly #stores: Stores;
  #query: PlainFields | undefined;
  #db: Db | undefined;
  #cache: HandlerCache | undefined;

  constructor(parts: ContextParts, options: ResolvedOptions, stores: Stores) {
    this.params = parts.params;
    this.body = parts.body;
    this.req = parts.req;
    this.res = parts.res;
    this.requestId = parts.requestId;
    this.#parts = parts;
    this.#options = options;
    this.#stores = stores;
  }

  get query(): PlainFields {
    // Of the request as it came: a router that the handler calls changes req.url.
    this.#query ??= parseFields(splitTarget(this.req.originalUrl).query);
    return this.#query;
  }

  get form(): PlainFields {
    return this.body.kind === 'form' ? this.body.fields : NO_FIELDS;
  }

  get files(): Files {
    return this.body.kind === 'form' ? this.body.files : NO_FILES;
  }

  get session(): Session {
    if (!this.#options.session) throw new Error('this handler looks at the session, but says session: false');
    return needed(this.#parts.session, 'SESSION_URL');
  }

  get signal(): AbortSignal {
    return this.#parts.cancellation.signal;
  }

  get db(): Db {
    const isRead = this.req.method === 'GET' || this.req.method === 'HEAD';
    this.#db ??= needed(this.#stores.database, 'MYSQL_URL').forRequest({
      readOnly: isRead && !this.#options.writes,
      signal: this.signal,
      timeoutMs: this.#options.timeoutMs,
    });
    return this.#db;
  }

  get cache(): HandlerCache {
    this.#cache ??= createHandlerCache({
      cache: needed(this.#stores.cache, 'MEMCACHE_URL'),
      declared: this.#options.invalidates,
      signal: () => this.signal,
      afterCommit: (work) => (this.#db ? this.#db.afterCommit(work) : work()),
      onRead: this.#parts.onCacheRead,
    });
    return this.#cache;
  }
}

function needed<T>(store: T | undefined, variable: string): T {
  if (store === undefined) throw new Error(`this handler needs ${variable}, which is not set`);
  return store;
}
