// A Memcache for tests of what stands on it: a Map that can be made to fail, and keeps account.
import { failure, success } from '../../../src/php/result.ts';
import type { Memcache, MemcacheItem } from '../../../src/stores/memcache/memcache.ts';

export interface MemcacheInMemory extends Memcache {
  readonly items: Map<string, MemcacheItem & { readonly seconds: number }>;
  /** What was asked, such as `get banyan:a`. */
  readonly asked: string[];
  isDown: boolean;
  /** Puts what PHP would store. */
  php(key: string, text: string, flags?: number): void;
}

export function memcacheInMemory(): MemcacheInMemory {
  const items: MemcacheInMemory['items'] = new Map();
  const asked: string[] = [];
  const down = failure({ code: 'unreachable', message: 'down' } as const);
  const memcache: MemcacheInMemory = {
    extension: 'memcached',
    items,
    asked,
    isDown: false,
    php: (key, text, flags = 0) => items.set(key, { flags, value: Buffer.from(text), seconds: 0 }),
    get: async (key) => {
      asked.push(`get ${key}`);
      return memcache.isDown ? down : success(items.get(String(key)) ?? null);
    },
    set: async (key, item, seconds) => {
      asked.push(`set ${key}`);
      if (memcache.isDown) return down;
      items.set(String(key), { ...item, seconds });
      return success(true);
    },
    delete: async (key) => {
      asked.push(`delete ${key}`);
      return memcache.isDown ? down : success(items.delete(String(key)));
    },
    touch: async (key) => {
      asked.push(`touch ${key}`);
      return memcache.isDown ? down : success(items.has(String(key)));
    },
    close: () => asked.push('close'),
  };
  return memcache;
}
