// Which server libmemcached, and so PHP, puts a key on. Source: libmemcached hosts.cc, hash.cc; golden choices in test/vectors.

/** Names a server as PHP's configuration does: on the ring a host's name and its address are different servers. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** `modula` is PHP's default for cache items, `consistent` for sessions. */
export type Distribution = 'modula' | 'consistent';

/** Gives the index of the server for a key, written without the prefix. */
export type PickServer = (key: string) => number;

interface Point {
  readonly at: number;
  readonly server: number;
}

const POINTS_PER_SERVER = 100;

/** Creates the choice among servers, in the order of PHP's configuration. Weights are not supported. */
export function createPickServer(servers: readonly ServerAddress[], distribution: Distribution): PickServer {
  if (servers.length < 2) return () => 0;
  if (distribution === 'modula') return (key) => oneAtATime(key) % servers.length;
  const points = servers.flatMap(pointsOf).sort((a, b) => a.at - b.at);
  return (key) => firstAtOrAfter(points, oneAtATime(key));
}

/** Hashes as libmemcached's MEMCACHED_HASH_DEFAULT where `char` is signed (x86): unsigned 32 bits. */
export function oneAtATime(key: string): number {
  let hash = 0;
  for (const byte of Buffer.from(key, 'utf8')) {
    hash = (hash + (byte < 0x80 ? byte : byte - 0x100)) | 0;
    hash = (hash + (hash << 10)) | 0;
    hash ^= hash >>> 6;
  }
  hash = (hash + (hash << 3)) | 0;
  hash ^= hash >>> 11;
  return (hash + (hash << 15)) >>> 0;
}

function pointsOf({ host, port }: ServerAddress, server: number): Point[] {
  const name = port === 11211 ? host : `${host}:${port}`;
  return Array.from({ length: POINTS_PER_SERVER }, (_, index) => ({
    at: oneAtATime(`${name}-${index}`),
    server,
  }));
}

/** Finds the first point at or after a hash, from the start again behind the last. */
function firstAtOrAfter(points: readonly Point[], hash: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.at ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  return (points[low] ?? points[0])?.server ?? 0;
}
