// Everything that handlers share with the legacy application, as far as the environment names it.
import { type Cache, type CacheProblem, createCache } from './memcache/cache.ts';
import { createMemcache } from './memcache/memcache.ts';
import { createDatabase, type Database } from './mysql/mysql.ts';
import { createSessionStore, type SessionStore } from './session/store.ts';

/** Where the stores are. */
export type StoreUrls = {
  readonly mysqlUrl: string | undefined;
  readonly memcacheUrl: string | undefined;
  readonly sessionUrl: string | undefined;
  readonly sessionKey: string | undefined;
};

/** The stores; undefined where the environment names none. */
export type Stores = {
  readonly database: Database | undefined;
  readonly cache: Cache | undefined;
  readonly sessions: SessionStore | undefined;
};

/** Who hears of what nobody waits for. */
export type StoreProblems = {
  readonly onCache: (problem: CacheProblem) => void;
  /** Of sessions that could not be renewed. */
  readonly onSession: (message: string) => void;
};

/** Creates the stores; each connects on first use. Throws when a URL is wrong, with what to write instead. */
export function createStores(urls: StoreUrls, problems: StoreProblems): Stores {
  return {
    database: urls.mysqlUrl === undefined ? undefined : createDatabase(urls.mysqlUrl),
    cache:
      urls.memcacheUrl === undefined
        ? undefined
        : createCache(createMemcache(urls.memcacheUrl), problems.onCache),
    sessions:
      urls.sessionUrl === undefined
        ? undefined
        : createSessionStore(urls.sessionUrl, { key: urls.sessionKey, onProblem: problems.onSession }),
  };
}

/** Ends all connections. */
export async function closeStores(stores: Stores): Promise<void> {
  await stores.cache?.close();
  await stores.sessions?.close();
  await stores.database?.close();
}
