// Reads items as PHP's extension memcache (the one without a d) stores them. Its flags mean other things than those of memcached.
// Source: github.com/websupport-sk/pecl-memcache src/memcache_pool.{h,c}.
import { type Result, success } from '../result.ts';
import { type PhpValue, textOrBytes } from '../value.ts';
import {
  decodeDouble,
  decodeLong,
  decodeSerialized,
  type ItemError,
  inflateBody,
  MAX_UNPACKED,
  unsupportedItem,
} from './item-body.ts';

const SERIALIZED = 0x0001;
const COMPRESSED = 0x0002;
const TYPE = 0x0f00;
const BOOL = 0x0100;
const LONG = 0x0300;
const DOUBLE = 0x0700;

/** Reads an item's value. Unpacks at most `maxBytes` bytes. Version 2 knew no types: its numbers come back as strings, in PHP too. */
export function decodeMemcacheItem(
  flags: number,
  body: Buffer,
  maxBytes = MAX_UNPACKED,
): Result<PhpValue, ItemError> {
  const unpacked = unpackMemcacheItem(flags, body, maxBytes);
  if (!unpacked.ok) return unpacked;
  if (flags & SERIALIZED) return decodeSerialized(unpacked.value);
  switch (flags & TYPE) {
    case 0:
      return success(textOrBytes(unpacked.value));
    case BOOL:
      return success(unpacked.value.length === 1 && unpacked.value[0] === 0x31);
    case LONG:
      return decodeLong(unpacked.value);
    case DOUBLE:
      return decodeDouble(unpacked.value);
    default:
      return unsupportedItem(`flags 0x${flags.toString(16)}`);
  }
}

/** States that an item is a string, as the extension's session handler stores it. */
export function isMemcacheString(flags: number): boolean {
  return (flags & (SERIALIZED | TYPE)) === 0;
}

/** Undoes an item's compression. What is not compressed is given back as it is. */
export function unpackMemcacheItem(
  flags: number,
  body: Buffer,
  maxBytes = MAX_UNPACKED,
): Result<Buffer, ItemError> {
  return flags & COMPRESSED ? inflateBody(body, maxBytes) : success(body);
}
