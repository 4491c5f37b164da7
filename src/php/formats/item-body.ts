// What the items of PHP's two Memcache extensions have in common: zlib, and how a body spells a value.
import { inflateSync } from 'node:zlib';
import { failure, type Result, success } from '../result.ts';
import type { PhpValue } from '../value.ts';
import type { DecodeError } from './decode.ts';
import { unserialize } from './unserialize.ts';

/** Says why an item could not be read. */
export interface ItemError {
  readonly code: 'malformed' | 'too-large' | 'unsupported';
  readonly message: string;
}

/** The largest body that is unpacked unless told otherwise, in bytes: memcached's own limit for one item is 1 MiB. */
export const MAX_UNPACKED = 16 * 1024 * 1024;

/** Unpacks zlib data of at most `maxBytes` bytes. */
export function inflateBody(packed: Buffer, maxBytes: number): Result<Buffer, ItemError> {
  // What cannot be zlib is not tried: a failed attempt costs node:zlib many times what a good one does.
  if (!hasZlibHeader(packed)) return malformedItem('no zlib data');
  return unpackWith(inflateSync, 'zlib', packed, maxBytes);
}

/** Source: RFC 1950 section 2.2. */
function hasZlibHeader(packed: Buffer): boolean {
  return packed.length > 2 && (packed.readUInt8(0) & 0x0f) === 8 && packed.readUInt16BE(0) % 31 === 0;
}

/** Unpacks with a function of node:zlib. Errors of range say that the result would be larger than allowed. */
export function unpackWith(
  unpack: (packed: Buffer, options: { maxOutputLength: number }) => Buffer,
  name: string,
  packed: Buffer,
  maxBytes: number,
): Result<Buffer, ItemError> {
  try {
    return success(unpack(packed, { maxOutputLength: Math.max(maxBytes, 1) }));
  } catch (error) {
    if (error instanceof RangeError) return failure({ code: 'too-large', message: `${name} data` });
    return malformedItem(`damaged ${name} data`);
  }
}

/** Reads an integer. `increment` and `decrement` pad a number that has become shorter with spaces. */
export function decodeLong(body: Buffer): Result<PhpValue, ItemError> {
  const text = body.length > 24 ? '' : body.toString('latin1');
  if (!/^-?[0-9]{1,20} *$/.test(text)) return malformedItem('not an integer');
  const number = Number(text);
  return success(Number.isSafeInteger(number) ? number : BigInt(text.trimEnd()));
}

const SPECIAL_FLOATS = new Map([
  ['NaN', Number.NaN],
  ['NAN', Number.NaN],
  ['Infinity', Infinity],
  ['INF', Infinity],
  ['-Infinity', -Infinity],
  ['-INF', -Infinity],
]);

/** Reads a float: `.1` and `NaN` from php-memcached 2 and later, `0.1` and `NAN` from others. */
export function decodeDouble(body: Buffer): Result<PhpValue, ItemError> {
  const text = body.length > 400 ? '' : body.toString('latin1');
  const special = SPECIAL_FLOATS.get(text);
  if (special !== undefined) return success(special);
  return /^-?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?$/.test(text)
    ? success(Number(text))
    : malformedItem('not a float');
}

/** Reads what serialize() wrote. */
export function decodeSerialized(body: Buffer): Result<PhpValue, ItemError> {
  return asItem(unserialize(body));
}

/** Makes a decoder's failure one of an item. */
export function asItem(result: Result<PhpValue, DecodeError>): Result<PhpValue, ItemError> {
  if (result.ok) return result;
  const { code, message, offset } = result.error;
  return failure({ code: code === 'too-deep' ? 'too-large' : code, message: `${message} at byte ${offset}` });
}

/** Says that a body is not what its flags say. */
export function malformedItem(message: string): Result<never, ItemError> {
  return failure({ code: 'malformed', message });
}

/** Says that a body may be right but cannot be read. */
export function unsupportedItem(what: string): Result<never, ItemError> {
  return failure({ code: 'unsupported', message: `unsupported: ${what}` });
}
