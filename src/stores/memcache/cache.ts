// PHP's cache as handlers read it. It fails open: what cannot be read is a miss, and is reported.
import { decodeItem } from '../../php/formats/memcached-item.ts';
import type { PhpValue } from '../../php/value.ts';
import type { Memcache } from './memcache.ts';

/** What went wrong with one key, for the log and the counters. */
export interface CacheProblem {
  readonly code: string;
  readonly message: string;
  readonly key: string;
}

/** The cache that PHP fills. No promise rejects. */
export interface Cache {
  /** Reads what PHP stored; undefined on a miss and on any problem. */
  get(key: string): Promise<PhpValue | undefined>;
  /** Deletes keys, each on the server where PHP would look for it. */
  delete(keys: readonly string[]): Promise<void>;
  /** Ends the connections. */
  close(): void;
}

/** Creates the cache; `onProblem` hears of every failure that callers do not see. */
export function createCache(
  memcache: Memcache,
  onProblem: (problem: CacheProblem) => void = () => {},
): Cache {
  async function get(key: string): Promise<PhpValue | undefined> {
    const read = await memcache.get(key);
    if (!read.ok) onProblem({ ...read.error, key });
    if (!read.ok || read.value === null) return undefined;
    const decoded = decodeItem(read.value.flags, read.value.value);
    if (!decoded.ok) onProblem({ ...decoded.error, key });
    return decoded.ok ? decoded.value : undefined;
  }

  async function remove(key: string): Promise<void> {
    const removed = await memcache.delete(key);
    if (!removed.ok) onProblem({ ...removed.error, key });
  }

  return {
    get,
    delete: async (keys) => {
      await Promise.all(keys.map(remove));
    },
    close: () => memcache.close(),
  };
}
