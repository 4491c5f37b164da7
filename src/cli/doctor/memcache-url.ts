// The MEMCACHE_URL that says what PHP's own object says.
import type { KeyHashName } from '../../stores/memcache/key-hash.ts';
import type { PhpMemcached } from './php-side.ts';

/** Memcached::HASH_* by number. Source: libhashkit's hashkit_hash_algorithm_t; 7 is hsieh, which builds leave out. */
const HASHES: Readonly<Record<number, KeyHashName>> = {
  0: 'default',
  1: 'md5',
  2: 'crc',
  3: 'fnv1_64',
  4: 'fnv1a_64',
  5: 'fnv1_32',
  6: 'fnv1a_32',
  8: 'murmur',
  9: 'jenkins',
  10: 'murmur3',
};

/** Writes the URL for PHP's servers and settings. Numbers are those of the extension's constants. */
export function memcacheUrlOf(php: PhpMemcached, machine: string): string {
  const options = php.extension === 'memcached' ? libmemcached(php) : peclMemcache(php);
  if (/^(?:arm|aarch)/i.test(machine)) options.push('signedChar=off');
  const query = options.length === 0 ? '' : `?${options.join('&')}`;
  return `${php.extension}://${php.servers.join(',')}${query}`;
}

function libmemcached({ distribution, ketama, hash, prefix }: PhpMemcached): string[] {
  const ring = ketama === true ? 'ketama' : distribution === 1 ? 'consistent' : 'modula';
  const usual = ring === 'ketama' ? 'md5' : 'default';
  const name = typeof hash === 'number' ? (HASHES[hash] ?? usual) : usual;
  return [
    ...(ring === 'modula' ? [] : [`distribution=${ring}`]),
    ...(name === usual ? [] : [`hash=${name}`]),
    ...(prefix ? [`prefix=${encodeURIComponent(prefix)}`] : []),
  ];
}

function peclMemcache({ strategy, hash }: PhpMemcached): string[] {
  return [...(strategy === 'standard' ? ['strategy=standard'] : []), ...(hash === 'fnv' ? ['hash=fnv'] : [])];
}
