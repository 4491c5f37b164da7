// Everything that handlers share with the legacy application, as far as the environment names it.
import { reasonOf } from '../reason.ts';
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

/**
 * Creates the stores; each connects on first use. Throws when URLs are wrong, with a line for each of them that says
 * what to write instead.
 */
export function createStores(urls: StoreUrls, problems: StoreProblems): Stores {
  const mistakes: string[] = [];
  const store = <Store>(url: string | undefined, create: (url: string) => Store): Store | undefined => {
    if (url === undefined) return undefined;
    try {
      return create(url);
    } catch (error) {
      mistakes.push(reasonOf(error));
      return undefined;
    }
  };
  const { sessionKey: key } = urls;
  const stores = {
    database: store(urls.mysqlUrl, createDatabase),
    cache: store(urls.memcacheUrl, (url) => createCache(createMemcache(url), problems.onCache)),
    sessions: store(urls.sessionUrl, (url) =>
      createSessionStore(url, { key, onProblem: problems.onSession }),
    ),
  };
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  return stores;
}

/** Ends all connections. */
export async function closeStores(stores: Stores): Promise<void> {
  await stores.cache?.close();
  await stores.sessions?.close();
  await stores.database?.close();
}
