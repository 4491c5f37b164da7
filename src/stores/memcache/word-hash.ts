// Hashes that take words of four bytes at a time, as libhashkit has them.

/** Hashes by MurmurHash2 with libmemcached's seed. */
export function murmur2(bytes: Uint8Array): number {
  const multiplier = 0x5bd1e995;
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = bytes.length - (bytes.length % 4);
  let hash = Math.imul(0xdeadbeef, bytes.length) ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(words.getUint32(at, true), multiplier);
    word = Math.imul(word ^ (word >>> 24), multiplier);
    hash = Math.imul(hash, multiplier) ^ word;
  }
  if (whole < bytes.length) hash = Math.imul(hash ^ littleEndian(bytes, whole), multiplier);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Hashes by MurmurHash3_x86_32 with libmemcached's seed. */
export function murmur3(bytes: Uint8Array): number {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = bytes.length - (bytes.length % 4);
  let hash = Math.imul(0xdeadbeef, bytes.length);
  for (let at = 0; at < whole; at += 4) {
    hash = (Math.imul(rotate(hash ^ murmur3Word(words.getUint32(at, true)), 13), 5) + 0xe6546b64) | 0;
  }
  if (whole < bytes.length) hash ^= murmur3Word(littleEndian(bytes, whole));
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function murmur3Word(word: number): number {
  return Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
}

/** Hashes by Bob Jenkins's lookup3 (hashlittle) with 13 as the initial value. */
export function jenkins(bytes: Uint8Array): number {
  const start = (0xdeadbeef + bytes.length + 13) | 0;
  let state: Triple = [start, start, start];
  let at = 0;
  for (; bytes.length - at > 12; at += 12) state = jenkinsMix(withBlock(state, bytes, at));
  if (at === bytes.length) return state[2] >>> 0;
  return jenkinsFinal(withBlock(state, bytes, at));
}

type Triple = readonly [number, number, number];

function withBlock([a, b, c]: Triple, bytes: Uint8Array, at: number): Triple {
  return [
    (a + littleEndian(bytes, at)) | 0,
    (b + littleEndian(bytes, at + 4)) | 0,
    (c + littleEndian(bytes, at + 8)) | 0,
  ];
}

/** The original's six lines are one line in which a, b and c change places. */
function jenkinsMix([a, b, c]: Triple): Triple {
  let [x, y, z] = [a, b, c];
  for (const turns of [4, 6, 8, 16, 19, 4]) {
    const changed = (x - z) ^ rotate(z, turns);
    [x, y, z] = [y, (z + y) | 0, changed];
  }
  return [x, y, z];
}

function jenkinsFinal([a, b, c]: Triple): number {
  let [x, y, z] = [c, a, b];
  for (const turns of [14, 11, 25, 16, 4, 14, 24]) {
    const changed = ((x ^ z) - rotate(z, turns)) | 0;
    [x, y, z] = [y, z, changed];
  }
  return z >>> 0;
}

function rotate(word: number, turns: number): number {
  return (word << turns) | (word >>> (32 - turns));
}

/** Reads up to four bytes; those behind the end are zero. */
function littleEndian(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
  return a | (b << 8) | (c << 16) | (d << 24);
}
