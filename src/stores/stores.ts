// Everything that handlers share with the legacy application, as far as the environment names it.
import { type Cache, type CacheProblem, createCache } from './memcache/cache.ts';
import { createMemcache } from './memcache/memcache.ts';
import { createDatabase, type Database } from './mysql/mysql.ts';
import { createSessionStore, type SessionStore } from './session/session.ts';

/** Where the stores are. */
export type StoreUrls = {
  readonly mysqlUrl: string | undefined;
  readonly memcacheUrl: string | undefined;
  readonly sessionUrl: string | undefined;
};

/** The stores; undefined where the environment names none. */
export type Stores = {
  readonly database: Database | undefined;
  readonly cache: Cache | undefined;
  readonly sessions: SessionStore | undefined;
};

/** Creates the stores; each connects on first use. Throws when a URL is wrong, with what to write instead. */
export function createStores(urls: StoreUrls, onCacheProblem: (problem: CacheProblem) => void): Stores {
  return {
    database: urls.mysqlUrl === undefined ? undefined : createDatabase(urls.mysqlUrl),
    cache:
      urls.memcacheUrl === undefined
        ? undefined
        : createCache(createMemcache(urls.memcacheUrl), onCacheProblem),
    sessions: urls.sessionUrl === undefined ? undefined : createSessionStore(urls.sessionUrl),
  };
}

/** Ends all connections. */
export async function closeStores(stores: Stores): Promise<void> {
  stores.cache?.close();
  stores.sessions?.close();
  await stores.database?.close();
}
