// Where PHP's old extension memcache (without a d) puts a key. Source: pecl-memcache memcache_pool.c, memcache_standard_hash.c,
// memcache_consistent_hash.c.
import { crc32, type KeyHash, keyHash } from './key-hash.ts';
import { MAX_KEY_BYTES, type Placement, type ServerAddress } from './placement.ts';
import { createRing } from './ring.ts';

export const strategies = ['standard', 'consistent'] as const;
export const peclHashes = ['crc32', 'fnv'] as const;

/** The settings of PHP's `memcache` that decide where a key is. */
export interface PeclMemcacheRules {
  readonly extension: 'memcache';
  /** memcache.hash_strategy: `consistent` since 3.0, `standard` before. */
  readonly strategy: (typeof strategies)[number];
  /** memcache.hash_function. */
  readonly hash: (typeof peclHashes)[number];
  /** What the application, or memcache.prefix_static_key, puts before its keys: part of the key in every respect. */
  readonly prefix: string;
  /** Whether `char` is signed in C where PHP runs: on x86, not on ARM. */
  readonly signedChar: boolean;
}

/** Creates the placement of pecl/memcache. Failover to other servers is not mirrored: such keys are misses. */
export function createPeclMemcachePlacement(
  servers: readonly ServerAddress[],
  rules: PeclMemcacheRules,
): Placement {
  const prefix = Buffer.from(rules.prefix);
  const hash = rules.hash === 'crc32' ? crc32 : keyHash('fnv1a_32', rules.signedChar);
  const choose = rules.strategy === 'standard' ? standard(servers) : consistent(servers, hash);
  const whole = (key: Uint8Array) => cleaned(Buffer.concat([prefix, key]));
  return {
    server: (key) => (servers.length < 2 ? 0 : choose(hash(whole(key)))),
    wireKey: (key) => (key.length > 0 ? whole(key) : undefined),
  };
}

/** Every key will do: spaces and control characters become `_`, and what is too long is cut. */
function cleaned(key: Buffer): Buffer {
  return Buffer.from(key.subarray(0, MAX_KEY_BYTES).map((byte) => (byte > 0x20 ? byte : UNDERSCORE)));
}

const UNDERSCORE = 0x5f;

/** A bucket for each unit of weight. */
function standard(servers: readonly ServerAddress[]): (hashed: number) => number {
  const buckets = servers.flatMap(({ weight }, index) => Array.from({ length: weight }, () => index));
  return (hashed) => buckets[((hashed >>> 16) & 0x7fff || 1) % buckets.length] ?? 0;
}

const POINTS_PER_WEIGHT = 160;
const BUCKETS = 1024;
const STEP = Math.floor(0xffffffff / BUCKETS);

/** A ring, of which only 1024 places are asked. */
function consistent(servers: readonly ServerAddress[], hash: KeyHash): (hashed: number) => number {
  const points = servers.flatMap(({ host, port, weight }, server) =>
    Array.from({ length: weight * POINTS_PER_WEIGHT }, (_, index) => ({
      at: hash(Buffer.from(`${host}:${port}-${index}`)),
      server,
    })),
  );
  const ring = createRing(points);
  const buckets = Array.from({ length: BUCKETS }, (_, index) => ring(index * STEP));
  return (hashed) => buckets[hashed % BUCKETS] ?? 0;
}
