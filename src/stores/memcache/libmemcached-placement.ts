// Where libmemcached, and so PHP's extension memcached, puts a key. Source: libmemcached 1.1 hosts.cc and hash.cc, php-memcached
// php_memcached.c; golden choices in test/vectors.
import { type KeyHash, type KeyHashName, keyHash, md5 } from './key-hash.ts';
import { MAX_KEY_BYTES, type Placement, type ServerAddress } from './placement.ts';
import { createRing, type Point } from './ring.ts';

export const distributions = ['modula', 'consistent', 'ketama'] as const;

/** `modula` is PHP's default for cache items, `consistent` for sessions, `ketama` is OPT_LIBKETAMA_COMPATIBLE. */
export type Distribution = (typeof distributions)[number];

/** The options of PHP's `Memcached` that decide where a key is. */
export interface LibmemcachedRules {
  readonly extension: 'memcached';
  readonly distribution: Distribution;
  /** OPT_HASH: how keys are hashed. */
  readonly hash: KeyHashName;
  /** OPT_PREFIX_KEY. */
  readonly prefix: string;
  /** OPT_HASH_WITH_PREFIX_KEY; without it the prefix decides nothing. */
  readonly hashPrefix: boolean;
  /** OPT_SORT_HOSTS. */
  readonly sortHosts: boolean;
  /** Whether `char` is signed in C where PHP runs: on x86, not on ARM. */
  readonly signedChar: boolean;
}

/** Creates the placement of libmemcached. */
export function createLibmemcachedPlacement(
  servers: readonly ServerAddress[],
  rules: LibmemcachedRules,
): Placement {
  const prefix = Buffer.from(rules.prefix);
  const hash = keyHash(rules.hash, rules.signedChar);
  const order = rules.sortHosts ? sortedOrder(servers) : servers.map((_, index) => index);
  const choose = chooser(
    order.flatMap((index) => servers[index] ?? []),
    rules.distribution,
    hash,
  );
  const hashed = (key: Uint8Array) => (rules.hashPrefix ? Buffer.concat([prefix, key]) : key);
  return {
    server: (key) => (servers.length < 2 ? 0 : (order[choose(hash(hashed(key)))] ?? 0)),
    wireKey: (key) => {
      const whole = Buffer.concat([prefix, key]);
      return key.length > 0 && whole.length <= MAX_KEY_BYTES && !whole.some(isBlank) ? whole : undefined;
    },
  };
}

/** What ends or splits a line of the text protocol; PHP refuses such keys, too. */
function isBlank(byte: number): boolean {
  return byte <= 0x20 || byte === 0x7f;
}

/** Gives the servers' indexes in the order of strcmp by host, then by port. */
function sortedOrder(servers: readonly ServerAddress[]): number[] {
  const sorted = [...servers.entries()].toSorted(
    ([, a], [, b]) => Buffer.compare(Buffer.from(a.host), Buffer.from(b.host)) || a.port - b.port,
  );
  return sorted.map(([index]) => index);
}

function chooser(
  servers: readonly ServerAddress[],
  distribution: Distribution,
  hash: KeyHash,
): (hashed: number) => number {
  if (distribution === 'modula') return (hashed) => hashed % servers.length;
  // libmemcached takes the weighted ring by itself as soon as one server weighs more than another.
  const isWeighted = distribution === 'ketama' || servers.some(({ weight }) => weight > 1);
  return createRing(isWeighted ? weightedPoints(servers) : equalPoints(servers, hash));
}

const POINTS_PER_SERVER = 100;

function equalPoints(servers: readonly ServerAddress[], hash: KeyHash): Point[] {
  return servers.flatMap((address, server) =>
    labels(address, POINTS_PER_SERVER).map((label) => ({ at: hash(label), server })),
  );
}

/** Ketama's points: four of each label's MD5, whatever keys are hashed by. */
function weightedPoints(servers: readonly ServerAddress[]): Point[] {
  const total = servers.reduce((sum, { weight }) => sum + weight, 0);
  return servers.flatMap((address, server) =>
    labels(address, labelCount(address.weight, total, servers.length)).flatMap((label) => {
      const digest = md5(label);
      return [0, 4, 8, 12].map((offset) => ({ at: digest.readUInt32LE(offset), server }));
    }),
  );
}

const { fround } = Math;

/** 40 labels a server on average, by weight; in C's floats, whose rounding decides how many. */
function labelCount(weight: number, total: number, servers: number): number {
  const share = fround(fround(weight) / fround(total));
  const count = fround(fround(fround(share * 160) / 4) * servers);
  return Math.floor(fround(count + fround(0.0000000001)));
}

function labels({ host, port }: ServerAddress, count: number): Buffer[] {
  const name = port === 11211 ? host : `${host}:${port}`;
  return Array.from({ length: count }, (_, index) => Buffer.from(`${name}-${index}`));
}
