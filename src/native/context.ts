// What a handler is given: everything that has an effect, and nothing that needs an import.

import type { Parameters } from '../routing/route.ts';
import type { Db } from '../stores/mysql.ts';
import type { Session } from '../stores/session.ts';
import type { Stores } from '../stores/stores.ts';
import type { Body, PlainFields } from './body.ts';
import type { Cancellation } from './cancellation.ts';
import type { ExpressRequest, ExpressResponse } from './express.ts';
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
  /** The request's body, where it was urlencoded or JSON. */
  readonly body: Body;
  readonly req: ExpressRequest;
  readonly res: ExpressResponse;
  /** The visitor's PHP session, read before the handler started. */
  readonly session: Session;
  /** MySQL. Read only for GET and HEAD, unless the handler says `writes: true`. */
  readonly db: Db;
  /** The Memcache that PHP fills. */
  readonly cache: HandlerCache;
  /** Aborted at the handler's deadline, or when the visitor leaves. */
  readonly signal: AbortSignal;
  /** The id that the log and the edge's error pages name. */
  readonly requestId: string;
};

/** What a context is made of. */
export type ContextParts = {
  readonly params: Parameters;
  readonly query: PlainFields;
  readonly body: Body;
  readonly req: ExpressRequest;
  readonly res: ExpressResponse;
  /** Undefined where none was read. */
  readonly session: Session | undefined;
  readonly cancellation: Cancellation;
  readonly requestId: string;
};

const NO_FIELDS: PlainFields = Object.freeze(Object.create(null));

/** Creates the context of one request. The database is asked for on first use only. */
export function createContext(parts: ContextParts, options: ResolvedOptions, stores: Stores): Context {
  const { params, query, body, req, res, session, requestId, cancellation } = parts;
  const readOnly = !options.writes && (req.method === 'GET' || req.method === 'HEAD');
  let db: Db | undefined;
  return {
    ...{ params, query, body, req, res, requestId },
    form: body.kind === 'form' ? body.fields : NO_FIELDS,
    get session() {
      if (!options.session) throw new Error('this handler looks at the session, but says session: false');
      return needed(session, 'SESSION_URL');
    },
    get signal() {
      return cancellation.signal;
    },
    get db() {
      db ??= needed(stores.database, 'MYSQL_URL').forRequest({ readOnly, signal: cancellation.signal });
      return db;
    },
    get cache() {
      return createHandlerCache(needed(stores.cache, 'MEMCACHE_URL'), options.invalidates);
    },
  };
}

function needed<T>(store: T | undefined, variable: string): T {
  if (store === undefined) throw new Error(`this handler needs ${variable}, which is not set`);
  return store;
}
