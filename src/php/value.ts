// PHP's values as JavaScript holds them: nothing is ever instantiated, and a Map cannot have its prototype polluted.
import { isUtf8 } from 'node:buffer';

/** Names an element of a PHP array: integers PHP keeps as integers are numbers, unless beyond 2^53 (then decimal text). */
export type PhpKey = number | string;

/** The keys that PHP turns into integers, if they are not beyond 64 bits. */
export const CANONICAL_INTEGER = /^(?:0|-?[1-9][0-9]*)$/;

/** An ordered PHP array. */
export type PhpArray = Map<PhpKey, PhpValue>;

/**
 * Any value PHP can store. Integers beyond 2^53 are bigints; strings that are not UTF-8 are bytes. An int and a float of
 * the same value are both numbers: the formats read here give them the same meaning, and json_encode the same text.
 */
export type PhpValue = null | boolean | number | bigint | string | Uint8Array | PhpArray | PhpObject;

/** An object as it was stored: its class is a name, never code that runs. */
export class PhpObject {
  readonly className: string;
  /** Names as PHP mangles them: `\0*\0name` is protected, `\0Class\0name` private. */
  readonly properties: PhpArray;
  /** The case's name, if this is an enum. */
  readonly enumCase: string | undefined;
  /** What a class with a format of its own (`C:`) wrote; only that class can read it. */
  readonly payload: Uint8Array | undefined;

  constructor(
    className: string,
    extra: { properties?: PhpArray; enumCase?: string; payload?: Uint8Array } = {},
  ) {
    this.className = className;
    this.properties = extra.properties ?? new Map();
    this.enumCase = extra.enumCase;
    this.payload = extra.payload;
  }
}

/** A float to be written, also where its value is whole: for PHP, 1.0 and 1 are two things. What is read has numbers instead. */
export class PhpFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Reads bytes as PHP text: a string when they are UTF-8, a copy of the bytes otherwise. */
export function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  return isUtf8(bytes) ? utf8(bytes) : Buffer.from(bytes);
}

/**
 * Reads bytes as a name. Names must be strings to serve as Map keys; in one that is not UTF-8 each byte above 0x7f becomes
 * the lone surrogate U+DC00+byte, so that no two names are confused. `bytesOf` is the inverse.
 */
export function nameOf(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return utf8(bytes);
  return Array.from(bytes, (byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join('');
}

/** Gives the bytes PHP would hold for a string, also for names made by `nameOf`. */
export function bytesOf(text: string | Uint8Array): Buffer {
  if (typeof text !== 'string') return Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  return isNameOfBytes(text)
    ? Buffer.from(Array.from(text, (char) => char.charCodeAt(0) & 0xff))
    : Buffer.from(text, 'utf8');
}

/** States that a string is a name that `nameOf` made of bytes that are not UTF-8. */
export function isNameOfBytes(text: string): boolean {
  return /[\udc80-\udcff]/.test(text) && /^[\0-\x7f\udc80-\udcff]*$/.test(text);
}

/** Turns a string key into the key PHP uses: canonical decimal integers become integers. Source: ZEND_HANDLE_NUMERIC_STR. */
export function arrayKey(text: string): PhpKey {
  // Most keys begin with a letter, and are told from numbers by that alone.
  if (text.charCodeAt(0) > 0x39 || text.length > 16 || !CANONICAL_INTEGER.test(text)) return text;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** States whether the array is what PHP calls a list: keys 0 to n-1, in order. */
export function isList(array: ReadonlyMap<PhpKey, unknown>): boolean {
  let next = 0;
  for (const key of array.keys()) if (key !== next++) return false;
  return true;
}

/** Gives a property's bare name, without the class or `*` that marks it private or protected. */
export function bareName(property: string): string {
  return property.startsWith('\0') ? property.slice(property.indexOf('\0', 1) + 1) : property;
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
