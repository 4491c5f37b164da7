// PHP's cache as handlers read it. It fails open: what cannot be read is a miss, and is reported.
import type { ItemError } from '../../php/formats/item-body.ts';
import { decodeMemcacheItem } from '../../php/formats/memcache-item.ts';
import { decodeItem } from '../../php/formats/memcached-item.ts';
import type { Result } from '../../php/result.ts';
import type { PhpValue } from '../../php/value.ts';
import type { Memcache, MemcacheKey } from './memcache.ts';

/** What went wrong with one key, for the log and the counters. */
export interface CacheProblem {
  readonly code: string;
  readonly message: string;
  readonly key: MemcacheKey;
}

/** The cache that PHP fills. No promise rejects. */
export interface Cache {
  /** Reads what PHP stored; undefined on a miss and on any problem. */
  get(key: MemcacheKey): Promise<PhpValue | undefined>;
  /** Deletes keys, each on the server where PHP would look for it. */
  delete(keys: readonly MemcacheKey[]): Promise<void>;
  /** Ends the connections. */
  close(): void;
}

/** Creates the cache; `onProblem` hears of every failure that callers do not see. */
export function createCache(
  memcache: Memcache,
  onProblem: (problem: CacheProblem) => void = () => {},
): Cache {
  async function get(key: MemcacheKey): Promise<PhpValue | undefined> {
    const read = await memcache.get(key);
    if (!read.ok) onProblem({ ...read.error, key });
    if (!read.ok || read.value === null) return undefined;
    const decoded = DECODERS[memcache.extension](read.value.flags, read.value.value);
    if (!decoded.ok) onProblem({ ...decoded.error, key });
    return decoded.ok ? decoded.value : undefined;
  }

  async function remove(key: MemcacheKey): Promise<void> {
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

type Decoder = (flags: number, body: Buffer) => Result<PhpValue, ItemError>;

/** What the flags mean depends on the extension that wrote. */
const DECODERS: Readonly<Record<Memcache['extension'], Decoder>> = {
  memcached: decodeItem,
  memcache: decodeMemcacheItem,
};
