// Reads igbinary, format versions 1 and 2, in linear time, within limits, without instantiating anything.
// Types and numbering: github.com/igbinary/igbinary src/php7/igbinary.c, igbinary.h.

import type { Result } from '../result.ts';
import { arrayKey, nameOf, type PhpArray, PhpObject, type PhpValue } from '../value.ts';
import { BinaryCursor } from './binary-cursor.ts';
import { attempt, type DecodeError, type DecodeLimits } from './decode.ts';

/** Reads one value with its header, taking up the whole input. */
export function igbinaryDecode(bytes: Uint8Array, limits: DecodeLimits = {}): Result<PhpValue, DecodeError> {
  return attempt(() => {
    const reader = new IgbinaryReader(bytes, limits);
    const version = reader.unsigned(4);
    if (version !== 1 && version !== 2) reader.fail('unsupported', `igbinary version ${version}`);
    const value = reader.value(reader.unsigned(1));
    return reader.atEnd ? value : reader.fail('malformed', 'bytes follow the value');
  });
}

type Size = 1 | 2 | 4;

/** Where a type comes in three, its length or number has 1, 2 or 4 bytes. */
const SIZES: readonly Size[] = [1, 2, 4];

class IgbinaryReader extends BinaryCursor {
  /** All strings so far, names of classes too: each is written once and then called by its number. */
  readonly #strings: (string | Uint8Array)[] = [];
  /** The same as names, for those that have been used as one and are not UTF-8. */
  readonly #names = new Map<Uint8Array, string>();
  /** All arrays and objects so far, and the scalars that are references. */
  readonly #slots: PhpValue[] = [];

  /** Reads the value that a type announces. */
  value(type: number): PhpValue {
    switch (type) {
      case 0x00:
        return null;
      case 0x04:
        return false;
      case 0x05:
        return true;
      case 0x0c:
        return this.double();
      case 0x01:
      case 0x02:
      case 0x03:
        return this.#same(type - 0x01);
      case 0x14:
      case 0x15:
      case 0x16:
        return this.#array(type - 0x14);
      case 0x17:
      case 0x18:
      case 0x19:
        return this.#object(this.#newString(type - 0x17));
      case 0x1a:
      case 0x1b:
      case 0x1c:
        return this.#object(this.#knownString(type - 0x1a));
      case 0x22:
      case 0x23:
      case 0x24:
        return this.#same(type - 0x22);
      case 0x25:
        return this.#reference();
      default:
        return this.#string(type) ?? this.#integer(type) ?? this.fail('malformed', 'unknown type');
    }
  }

  #string(type: number): string | Uint8Array | undefined {
    if (type >= 0x11 && type <= 0x13) return this.#newString(type - 0x11);
    if (type >= 0x0e && type <= 0x10) return this.#knownString(type - 0x0e);
    return type === 0x0d ? '' : undefined;
  }

  #newString(size: number): string | Uint8Array {
    const text = this.string(this.#unsigned(size));
    this.#strings.push(text);
    return text;
  }

  #knownString(size: number): string | Uint8Array {
    return this.#strings[this.#unsigned(size)] ?? this.fail('malformed', 'no string of this number');
  }

  /** Types of integers come in pairs: a positive one, a negative one. */
  #integer(type: number): number | bigint | undefined {
    if (type === 0x20 || type === 0x21) return this.#signed64(type === 0x21);
    if (type < 0x06 || type > 0x0b) return undefined;
    const magnitude = this.#unsigned((type - 0x06) >> 1);
    return type & 1 && magnitude !== 0 ? -magnitude : magnitude;
  }

  #signed64(isNegative: boolean): number | bigint {
    const magnitude = this.unsigned64();
    if (typeof magnitude === 'number') return isNegative && magnitude !== 0 ? -magnitude : magnitude;
    const value = isNegative ? -magnitude : magnitude;
    return BigInt.asIntN(64, value) === value ? value : this.fail('malformed', 'integer beyond 64 bits');
  }

  #array(size: number): PhpArray {
    const array: PhpArray = new Map();
    this.#slots.push(array);
    this.#members(size, array, arrayKey);
    return array;
  }

  #members(size: number, into: PhpArray, keyOf: (name: string) => string | number): void {
    const count = this.#unsigned(size);
    // Each member takes at least a byte, so a larger count is a lie.
    if (count > this.text.length - this.offset) this.fail('malformed', 'cut short');
    this.enter();
    for (let left = count; left > 0; left--) {
      const key = this.#key(keyOf);
      if (key !== undefined) into.set(key, this.value(this.unsigned(1)));
    }
    this.leave();
  }

  /** Reads a key; undefined stands for what `__sleep` named and the object did not have: no value follows. */
  #key(keyOf: (name: string) => string | number): string | number | undefined {
    const type = this.unsigned(1);
    if (type === 0x00) return undefined;
    const text = this.#string(type);
    if (text !== undefined) return keyOf(this.#nameOf(text));
    const number = this.#integer(type) ?? this.fail('malformed', 'a key must be an integer or a string');
    return typeof number === 'bigint' ? String(number) : number;
  }

  /** A long string may be a key many times, but is made a name once. */
  #nameOf(text: string | Uint8Array): string {
    if (typeof text === 'string') return text;
    const name = this.#names.get(text) ?? nameOf(text);
    this.#names.set(text, name);
    return name;
  }

  #object(classText: string | Uint8Array): PhpObject {
    const className = this.#nameOf(classText);
    const type = this.unsigned(1);
    if (type >= 0x14 && type <= 0x16) return this.#properties(new PhpObject(className), type - 0x14);
    const object =
      type === 0x27
        ? new PhpObject(className, { enumCase: this.#enumCase() })
        : new PhpObject(className, { payload: this.#payload(type) });
    this.#slots.push(object);
    return object;
  }

  #properties(object: PhpObject, size: number): PhpObject {
    this.#slots.push(object);
    this.#members(size, object.properties, String);
    return object;
  }

  #enumCase(): string {
    const name = this.#string(this.unsigned(1)) ?? this.fail('malformed', 'not an enum case');
    return this.#nameOf(name);
  }

  #payload(type: number): Buffer {
    if (type < 0x1d || type > 0x1f) this.fail('malformed', 'an object without properties');
    return this.copy(this.#unsigned(type - 0x1d));
  }

  /** Reads what a PHP reference holds. A scalar has a number only if it is one. */
  #reference(): PhpValue {
    const type = this.unsigned(1);
    if (type === 0x25) this.fail('malformed', 'a reference to a reference');
    const slots = this.#slots.length;
    const value = this.value(type);
    const isNew = !isNumbered(type) && this.#slots.length === slots;
    if (isNew) this.#slots.push(value);
    return value;
  }

  #same(size: number): PhpValue {
    const value = this.#slots[this.#unsigned(size)];
    return value === undefined ? this.fail('malformed', 'reference to nothing') : value;
  }

  #unsigned(size: number): number {
    return this.unsigned(SIZES[size] ?? 4);
  }
}

/** States that a value of this type is one that has a number already. */
function isNumbered(type: number): boolean {
  return (type >= 0x01 && type <= 0x03) || (type >= 0x22 && type <= 0x24);
}
