// Sessions in memcached, as PHP's extensions memcached and memcache write them. Sources: php-memcached php_memcached_session.c,
// pecl-memcache memcache_session.c. Their locks (`lock.<id>`, `<id>.lock`) are left alone.
import { isMemcacheString, unpackMemcacheItem } from '../../../php/formats/memcache-item.ts';
import { itemType, unpackItem } from '../../../php/formats/memcached-item.ts';
import { failure, type Result, success } from '../../../php/result.ts';
import { createMemcache, type MemcacheItem } from '../../memcache/memcache.ts';
import type { MemcacheUrlRules } from '../../memcache/url.ts';
import { NO_COLUMNS, type PlaceError, type SessionPlace, type StoredSession } from '../place.ts';

/** Creates the place for a memcached:// or memcache:// URL. Throws at start-up if the URL is wrong. */
export function createMemcachePlace(url: string, rules: MemcacheUrlRules, lifetime: number): SessionPlace {
  const memcache = createMemcache(url, rules);
  const bodyOf = memcache.extension === 'memcache' ? peclMemcacheBody : memcachedBody;
  return {
    read: async (key) => {
      const item = await memcache.get(key);
      if (!item.ok) return failure({ message: item.error.message });
      return item.value === null ? success(null) : stored(bodyOf(item.value));
    },
    touch: async (key) => {
      const touched = await memcache.touch(key, lifetime);
      return touched.ok ? touched : failure({ message: touched.error.message });
    },
    close: () => memcache.close(),
  };
}

function stored(body: Result<Uint8Array, PlaceError>): Result<StoredSession, PlaceError> {
  return body.ok ? success({ bytes: body.value, columns: NO_COLUMNS }) : body;
}

/** PHP's handler writes plain strings; some frameworks write through Memcached::set, which may compress them. */
function memcachedBody({ flags, value }: MemcacheItem): Result<Uint8Array, PlaceError> {
  if (itemType(flags) !== 0) return failure({ message: `an item with flags ${flags}` });
  const body = unpackItem(flags, value);
  return body.ok ? body : failure({ message: body.error.message });
}

/** memcache's handler compresses what is large enough. */
function peclMemcacheBody({ flags, value }: MemcacheItem): Result<Uint8Array, PlaceError> {
  if (!isMemcacheString(flags)) return failure({ message: `an item with flags ${flags}` });
  const body = unpackMemcacheItem(flags, value);
  return body.ok ? body : failure({ message: body.error.message });
}
