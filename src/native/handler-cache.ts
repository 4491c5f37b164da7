// A handler's view of PHP's cache: read anything, delete only what it declared.
import type { PhpValue } from '../php/value.ts';
import type { Cache } from '../stores/memcache/cache.ts';

export type HandlerCache = {
  /** Reads what PHP wrote; undefined on a miss, and when the cache cannot be reached or read. */
  get(key: string): Promise<PhpValue | undefined>;
  /**
   * Deletes keys that PHP wrote. Call it after the transaction has been committed. Throws for a key
   * that the handler did not declare in `invalidates`.
   */
  invalidate(keys: readonly string[]): Promise<void>;
};

/** Creates the view; `declared` are keys, or beginnings of keys followed by `*`. */
export function createHandlerCache(cache: Cache, declared: readonly string[]): HandlerCache {
  return {
    get: (key) => cache.get(key),
    invalidate: async (keys) => {
      const undeclared = keys.find((key) => !declared.some((pattern) => covers(pattern, key)));
      if (undeclared !== undefined) {
        throw new Error(`the handler does not declare the cache key "${undeclared}"; add it to invalidates`);
      }
      await cache.delete(keys);
    },
  };
}

function covers(pattern: string, key: string): boolean {
  return pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern;
}
