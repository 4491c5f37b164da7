// The cache as the process has it: what PHP wrote, what the new side remembers, and what is deleted. It fails open: what cannot be
// read is a miss, and is reported.
import type { ItemError } from '../../php/formats/item-body.ts';
import { decodeMemcacheItem } from '../../php/formats/memcache-item.ts';
import { decodeItem } from '../../php/formats/memcached-item.ts';
import type { Result } from '../../php/result.ts';
import type { PhpValue } from '../../php/value.ts';
import { Deletes } from './deletes.ts';
import type { Memcache, MemcacheError, MemcacheKey } from './memcache.ts';
import { type Found, memcacheKey, Remembered, type Wanted } from './remembered.ts';

/** What can go wrong: with a server, with an item, with a load, with a delete. */
export type CacheProblemCode =
  | MemcacheError['code']
  | ItemError['code']
  | 'load-failed'
  | 'delete-failed'
  | 'delete-given-up';

/** What went wrong with one key, for the log and the counters. */
export interface CacheProblem {
  readonly code: CacheProblemCode;
  readonly message: string;
  readonly key: MemcacheKey;
}

/** Who had filled what a read gave; `load` has made it, `none` found nothing. */
export const fillers = ['php', 'banyan', 'memory', 'load', 'none'] as const;
export type Filler = (typeof fillers)[number];

/** The cache that PHP fills, and the new side beside it. */
export interface Cache {
  /** Reads what PHP stored; undefined on a miss and on any problem. Never rejects. */
  get(key: MemcacheKey): Promise<PhpValue | undefined>;
  /** Gives what is remembered, or loads it. Rejects as the load does. */
  remember(wanted: Wanted): Promise<Found>;
  /** Deletes keys that PHP wrote, and what is remembered under the same names; again a second later. Never rejects. */
  invalidate(keys: readonly string[]): Promise<void>;
  /** Deletes what would be deleted later, and ends the connections. */
  close(): Promise<void>;
}

/** What tests set differently. */
export interface CacheOptions {
  /** How long after the first delete the second one comes, in milliseconds. */
  readonly secondDelete?: number;
  /** The time of day, in milliseconds since 1970. */
  readonly clock?: () => number;
}

const SECOND_DELETE_MS = 1_000;
const MAX_LATER_DELETES = 10_000;

/** Creates the cache; `onProblem` hears of every failure that callers do not see. */
export function createCache(
  memcache: Memcache,
  onProblem: (problem: CacheProblem) => void = () => {},
  options: CacheOptions = {},
): Cache {
  const get = (key: MemcacheKey) => readPhp(memcache, key, onProblem);
  const clock = options.clock ?? Date.now;
  const remembered = new Remembered({ memcache, readPhp: get, onProblem, clock });
  const deletes = new Deletes({
    remove: (key) => removeBoth(memcache, key),
    onProblem,
    pause: options.secondDelete ?? SECOND_DELETE_MS,
    limit: MAX_LATER_DELETES,
  });
  return {
    get,
    remember: (wanted) => remembered.get(wanted),
    invalidate: async (keys) => {
      for (const key of keys) remembered.forget(key);
      await deletes.run(keys);
    },
    close: async () => {
      await deletes.close();
      memcache.close();
    },
  };
}

async function readPhp(
  memcache: Memcache,
  key: MemcacheKey,
  onProblem: (problem: CacheProblem) => void,
): Promise<PhpValue | undefined> {
  const read = await memcache.get(key);
  if (!read.ok) onProblem({ ...read.error, key });
  if (!read.ok || read.value === null) return undefined;
  const decoded = DECODERS[memcache.extension](read.value.flags, read.value.value);
  if (!decoded.ok) onProblem({ ...decoded.error, key, message: `${key}: ${decoded.error.message}` });
  return decoded.ok ? decoded.value : undefined;
}

/** Deletes PHP's value and ours, wherever each of them is. */
async function removeBoth(memcache: Memcache, key: string) {
  const [phps, ours] = await Promise.all([memcache.delete(key), memcache.delete(memcacheKey(key))]);
  return phps.ok ? ours : phps;
}

type Decoder = (flags: number, body: Buffer) => Result<PhpValue, ItemError>;

/** What the flags mean depends on the extension that wrote. */
const DECODERS: Readonly<Record<Memcache['extension'], Decoder>> = {
  memcached: decodeItem,
  memcache: decodeMemcacheItem,
};
