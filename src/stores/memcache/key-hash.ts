// The hashes by which libmemcached places keys, unsigned 32 bits each. Source: libhashkit of libmemcached 1.1; hsieh is left out:
// the libraries that Linux distributions ship do not have it.
import { createHash } from 'node:crypto';
import { jenkins, murmur2, murmur3 } from './word-hash.ts';

/** Hashes a key's bytes to an unsigned number of 32 bits. */
export type KeyHash = (bytes: Uint8Array) => number;

/** The names of libmemcached's hashes, as MEMCACHE_URL has them: `Memcached::HASH_MD5` is `md5`. */
export const keyHashNames = [
  'default',
  'md5',
  'crc',
  'fnv1_64',
  'fnv1a_64',
  'fnv1_32',
  'fnv1a_32',
  'murmur',
  'jenkins',
  'murmur3',
] as const;
export type KeyHashName = (typeof keyHashNames)[number];

/**
 * Gives the hash of a name. Some of them add up C's `char`, which is signed where PHP runs on x86 and unsigned on ARM: keys
 * with bytes above 0x7f are placed differently.
 */
export function keyHash(name: KeyHashName, signedChar: boolean): KeyHash {
  const char = signedChar ? signed : (byte: number) => byte;
  switch (name) {
    case 'default':
      return (bytes) => oneAtATime(bytes, char);
    case 'md5':
      return (bytes) => md5(bytes).readUInt32LE(0);
    case 'crc':
      return (bytes) => (crc32(bytes) >>> 16) & 0x7fff;
    case 'fnv1_64':
      return (bytes) => fnv164(bytes, char);
    case 'fnv1a_64':
      return (bytes) => fnv1a(bytes, char, FNV_64_INIT_LOW, FNV_64_PRIME_LOW);
    case 'fnv1_32':
      return (bytes) => fnv132(bytes, char);
    case 'fnv1a_32':
      return (bytes) => fnv1a(bytes, char, FNV_32_INIT, FNV_32_PRIME);
    case 'murmur':
      return murmur2;
    case 'jenkins':
      return jenkins;
    case 'murmur3':
      return murmur3;
  }
}

/** Gives MD5's sixteen bytes. */
export function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}

/** Gives the CRC-32 of zlib and PHP. */
export function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

const FNV_32_INIT = 2166136261;
const FNV_32_PRIME = 16777619;
const FNV_64_INIT = 0xcbf29ce484222325n;
const FNV_64_PRIME = 0x100000001b3n;
const FNV_64_INIT_LOW = 0x84222325;
const FNV_64_PRIME_LOW = 0x1b3;

type Char = (byte: number) => number;

function signed(byte: number): number {
  return byte < 0x80 ? byte : byte - 0x100;
}

function oneAtATime(bytes: Uint8Array, char: Char): number {
  let hash = 0;
  for (const byte of bytes) {
    hash = (hash + char(byte)) | 0;
    hash = (hash + (hash << 10)) | 0;
    hash ^= hash >>> 6;
  }
  hash = (hash + (hash << 3)) | 0;
  hash ^= hash >>> 11;
  return (hash + (hash << 15)) >>> 0;
}

function fnv132(bytes: Uint8Array, char: Char): number {
  let hash = FNV_32_INIT;
  for (const byte of bytes) hash = Math.imul(hash, FNV_32_PRIME) ^ char(byte);
  return hash >>> 0;
}

/** FNV-1a in 32 bits. libmemcached's fnv1a_64 is this, too, with the lower halves of the other's numbers. */
function fnv1a(bytes: Uint8Array, char: Char, init: number, prime: number): number {
  let hash = init;
  for (const byte of bytes) hash = Math.imul(hash ^ char(byte), prime);
  return hash >>> 0;
}

function fnv164(bytes: Uint8Array, char: Char): number {
  let hash = FNV_64_INIT;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash * FNV_64_PRIME) ^ BigInt(char(byte)));
  return Number(BigInt.asUintN(32, hash));
}
