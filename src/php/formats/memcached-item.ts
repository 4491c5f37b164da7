// Reads items as PHP's extension memcached stores them: flags say how a body is packed and what type it is.
// Source: php-memcached php_memcached.c; golden bytes in test/vectors.
import * as zlib from 'node:zlib';
import { jsonDecode } from '../json/decode.ts';
import { failure, type Result, success } from '../result.ts';
import { type PhpValue, textOrBytes } from '../value.ts';
import { fastlzDecompress } from './fastlz.ts';
import { igbinaryDecode } from './igbinary.ts';
import {
  asItem,
  decodeDouble,
  decodeLong,
  decodeSerialized,
  type ItemError,
  inflateBody,
  MAX_UNPACKED,
  malformedItem,
  unpackWith,
  unsupportedItem,
} from './item-body.ts';
import { msgpackDecode } from './msgpack.ts';

const COMPRESSED = 0x10;
const ZLIB = 0x20;
const FASTLZ = 0x40;
const ZSTD = 0x80;

type Decoder = (body: Buffer) => Result<PhpValue, ItemError>;

/** By the type in the lowest four bits. */
const DECODERS: readonly Decoder[] = [
  (body) => success(textOrBytes(body)),
  decodeLong,
  decodeDouble,
  (body) => success(body[0] === 0x31),
  decodeSerialized,
  (body) => asItem(igbinaryDecode(body)),
  decodeJson,
  (body) => asItem(msgpackDecode(body)),
];

/** Reads an item's value. Unpacks at most `maxBytes` bytes. */
export function decodeItem(
  flags: number,
  body: Buffer,
  maxBytes = MAX_UNPACKED,
): Result<PhpValue, ItemError> {
  const unpacked = unpackItem(flags, body, maxBytes);
  if (!unpacked.ok) return unpacked;
  const decoder = DECODERS[itemType(flags)];
  return decoder ? decoder(unpacked.value) : unsupportedItem(`type ${itemType(flags)}`);
}

/** Gives the number of an item's type; 0 is a string. */
export function itemType(flags: number): number {
  return flags & 0xf;
}

/** Undoes an item's compression. What is not compressed is given back as it is. */
export function unpackItem(flags: number, body: Buffer, maxBytes = MAX_UNPACKED): Result<Buffer, ItemError> {
  if ((flags & COMPRESSED) === 0) return success(body);
  // php-memcached 1.0 knew zlib only and wrote no length.
  if ((flags & (ZLIB | FASTLZ | ZSTD)) === 0) return inflateBody(body, maxBytes);
  if (body.length < 4) return malformedItem('compressed body without a length');
  const length = body.readUInt32LE(0);
  if (length > maxBytes) return failure({ code: 'too-large', message: `${length} bytes unpacked` });
  return unpackSized(flags, body.subarray(4), length);
}

function unpackSized(flags: number, packed: Buffer, length: number): Result<Buffer, ItemError> {
  if (flags & FASTLZ) {
    const bytes = fastlzDecompress(packed, length);
    return bytes ? success(bytes) : malformedItem('damaged fastlz data');
  }
  const unpacked = flags & ZLIB ? inflateBody(packed, length) : unpackZstd(packed, length);
  return unpacked.ok && unpacked.value.length !== length ? malformedItem('wrong length') : unpacked;
}

function unpackZstd(packed: Buffer, length: number): Result<Buffer, ItemError> {
  const { zstdDecompressSync }: typeof zlib & Zstd = zlib;
  if (zstdDecompressSync === undefined) return unsupportedItem('zstd, which Node offers from 22.15 on');
  return unpackWith(zstdDecompressSync, 'zstd', packed, length);
}

interface Zstd {
  readonly zstdDecompressSync?: (packed: Buffer, options: { maxOutputLength: number }) => Buffer;
}

function decodeJson(body: Buffer): Result<PhpValue, ItemError> {
  const value = jsonDecode(body);
  return value === undefined ? malformedItem('not JSON') : success(value);
}
