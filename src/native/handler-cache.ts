// A handler's view of the cache: read what PHP wrote, delete only what it declared, remember values of its own.
import { DURATION_CURE, parseDuration } from '../duration.ts';
import type { PhpValue } from '../php/value.ts';
import type { Cache, Filler } from '../stores/memcache/cache.ts';
import type { MemcacheKey } from '../stores/memcache/memcache.ts';

/** How `cache.remember` goes about it. */
export type RememberOptions = {
  /** PHP's key for the same value: what it holds is given first. It is never filled. */
  readonly php?: string;
  /** How long beyond its time a value is given while it is loaded anew, such as `30s`; as long again as its time by default. */
  readonly stale?: string;
};

export type HandlerCache = {
  /**
   * Reads what PHP wrote; undefined on a miss, and when the cache cannot be reached or read. A key that is not UTF-8 is given as
   * bytes.
   */
  get(key: MemcacheKey): Promise<PhpValue | undefined>;
  /** Reads many keys at once; holds those that were found. */
  getMany<Key extends MemcacheKey>(keys: readonly Key[]): Promise<Map<Key, PhpValue>>;
  /**
   * Gives a value that was loaded within the time (`5m`), or loads it: one caller at a time. An older one is given while one caller
   * loads it anew. The value must be JSON. Rejects as `load` does.
   */
  remember<Value>(
    key: string,
    ttl: string,
    load: () => Value | Promise<Value>,
    options?: RememberOptions,
  ): Promise<Value>;
  /**
   * Deletes keys that PHP wrote, and what is remembered under the same names, now and once more a second later; called in a
   * transaction, after its COMMIT. Throws for a key that the handler did not declare in `invalidates`.
   */
  invalidate(keys: readonly string[]): Promise<void>;
};

/** What the view is made of. */
export type HandlerCacheParts = {
  readonly cache: Cache;
  /** Keys, or beginnings of keys followed by `*`. */
  readonly declared: readonly string[];
  /** Aborted when the request is over; asked for where something has to wait. */
  readonly signal: () => AbortSignal;
  /** Runs work at once, or after the transaction that is open. */
  readonly afterCommit: (work: () => Promise<void>) => Promise<void>;
  /** Hears who had filled what was read. */
  readonly onRead: (filler: Filler) => void;
};

/** Creates the view. */
export function createHandlerCache(parts: HandlerCacheParts): HandlerCache {
  const { cache, declared, signal, afterCommit, onRead } = parts;

  async function get(key: MemcacheKey): Promise<PhpValue | undefined> {
    const value = await cache.get(key);
    onRead(value === undefined ? 'none' : 'php');
    return value;
  }

  return {
    get,
    getMany: async (keys) => {
      const values = await Promise.all(keys.map(async (key) => [key, await get(key)] as const));
      return new Map(values.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
    },
    remember: async <Value>(
      key: string,
      ttl: string,
      load: () => Value | Promise<Value>,
      options: RememberOptions = {},
    ) => {
      const fresh = milliseconds('ttl', ttl);
      const stale = options.stale === undefined ? fresh : milliseconds('stale', options.stale);
      const wanted = { key, ttl: fresh, stale, php: options.php, load, signal: signal() };
      const found = await cache.remember(wanted);
      onRead(found.filler);
      // The caller names the type: JSON does not know it.
      return found.value as Value;
    },
    invalidate: async (keys) => {
      const undeclared = keys.find((key) => !declared.some((pattern) => covers(pattern, key)));
      if (undeclared !== undefined) {
        throw new Error(`the handler does not declare the cache key "${undeclared}"; add it to invalidates`);
      }
      await afterCommit(() => cache.invalidate(keys));
    },
  };
}

function milliseconds(name: string, text: string): number {
  const time = parseDuration(text);
  if (time === undefined || (name === 'ttl' && time < 1_000))
    throw new TypeError(
      `cache.remember: ${name} "${text}" cannot be read; ${DURATION_CURE}, a second at least`,
    );
  return time;
}

function covers(pattern: string, key: string): boolean {
  return pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern;
}
