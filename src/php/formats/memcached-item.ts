// Reads items as PHP's extension memcached stores them: flags say how a body is packed and what type it is.
// Source: php-memcached php_memcached.c; golden bytes in test/vectors.
import { inflateSync } from 'node:zlib';
import { jsonDecode } from '../json/decode.ts';
import { failure, type Result, success } from '../result.ts';
import { type PhpValue, textOrBytes } from '../value.ts';
import { fastlzDecompress } from './fastlz.ts';
import { unserialize } from './unserialize.ts';

/** Says why an item could not be read. */
export interface ItemError {
  readonly code: 'malformed' | 'too-large' | 'unsupported';
  readonly message: string;
}

/** The largest body that is unpacked unless told otherwise, in bytes: memcached's own limit for one item is 1 MiB. */
export const MAX_UNPACKED = 16 * 1024 * 1024;

const COMPRESSED = 0x10;
const ZLIB = 0x20;
const FASTLZ = 0x40;
const ZSTD = 0x80;

type Decoder = (body: Buffer) => Result<PhpValue, ItemError>;

/** By the type in the lowest four bits. */
const DECODERS: readonly (Decoder | undefined)[] = [
  (body) => success(textOrBytes(body)),
  decodeLong,
  decodeDouble,
  (body) => success(body[0] === 0x31),
  decodeSerialized,
  () => unsupported('igbinary'),
  decodeJson,
  () => unsupported('msgpack'),
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
  return decoder ? decoder(unpacked.value) : unsupported(`type ${itemType(flags)}`);
}

/** Gives the number of an item's type; 0 is a string. */
export function itemType(flags: number): number {
  return flags & 0xf;
}

/** Undoes an item's compression. What is not compressed is given back as it is. */
export function unpackItem(flags: number, body: Buffer, maxBytes = MAX_UNPACKED): Result<Buffer, ItemError> {
  if ((flags & COMPRESSED) === 0) return success(body);
  if (flags & ZSTD) return unsupported('zstd');
  // php-memcached 1.0 knew zlib only and wrote no length.
  if ((flags & (ZLIB | FASTLZ)) === 0) return inflate(body, maxBytes);
  if (body.length < 4) return malformed('compressed body without a length');
  const length = body.readUInt32LE(0);
  if (length > maxBytes) return failure({ code: 'too-large', message: `${length} bytes unpacked` });
  return unpackSized(flags, body.subarray(4), length);
}

function unpackSized(flags: number, packed: Buffer, length: number): Result<Buffer, ItemError> {
  if (flags & FASTLZ) {
    const bytes = fastlzDecompress(packed, length);
    return bytes ? success(bytes) : malformed('damaged fastlz data');
  }
  const inflated = inflate(packed, Math.max(length, 1));
  return inflated.ok && inflated.value.length !== length ? malformed('wrong length') : inflated;
}

function inflate(packed: Buffer, maxBytes: number): Result<Buffer, ItemError> {
  try {
    return success(inflateSync(packed, { maxOutputLength: maxBytes }));
  } catch (error) {
    const tooLarge = error instanceof RangeError;
    return tooLarge ? failure({ code: 'too-large', message: 'zlib data' }) : malformed('damaged zlib data');
  }
}

function decodeLong(body: Buffer): Result<PhpValue, ItemError> {
  const text = body.toString('latin1');
  // `increment` pads a number that has become shorter with spaces.
  if (!/^-?[0-9]{1,20} *$/.test(text)) return malformed('not an integer');
  const number = Number(text);
  return success(Number.isSafeInteger(number) ? number : BigInt(text.trimEnd()));
}

function decodeDouble(body: Buffer): Result<PhpValue, ItemError> {
  const text = body.toString('latin1');
  if (text === 'NaN') return success(Number.NaN);
  const number = /^-?(?:Infinity|[0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?)$/.test(text) ? Number(text) : Number.NaN;
  return Number.isNaN(number) ? malformed('not a float') : success(number);
}

function decodeSerialized(body: Buffer): Result<PhpValue, ItemError> {
  const result = unserialize(body);
  if (result.ok) return result;
  const { code, message, offset } = result.error;
  return failure({ code: code === 'too-deep' ? 'too-large' : code, message: `${message} at byte ${offset}` });
}

function decodeJson(body: Buffer): Result<PhpValue, ItemError> {
  const text = textOrBytes(body);
  const value = typeof text === 'string' ? jsonDecode(text) : undefined;
  return value === undefined ? malformed('not JSON') : success(value);
}

function malformed(message: string): Result<never, ItemError> {
  return failure({ code: 'malformed', message });
}

function unsupported(what: string): Result<never, ItemError> {
  return failure({ code: 'unsupported', message: `unsupported: ${what}` });
}
