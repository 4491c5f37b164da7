// Reads msgpack as PHP's extension of that name writes it, in linear time, within limits, without instantiating anything.
// Objects and references are maps that begin with a null key. Source: github.com/msgpack/msgpack-php msgpack_pack.c.

import type { Result } from '../result.ts';
import { arrayKey, type PhpArray, type PhpKey, PhpObject, type PhpValue } from '../value.ts';
import { BinaryCursor } from './binary-cursor.ts';
import { attempt, type DecodeError, type DecodeLimits } from './decode.ts';

/** Reads one value that takes up the whole input. */
export function msgpackDecode(bytes: Uint8Array, limits: DecodeLimits = {}): Result<PhpValue, DecodeError> {
  return attempt(() => {
    const reader = new MsgpackReader(bytes, limits);
    const value = reader.value();
    return reader.atEnd ? value : reader.fail('malformed', 'bytes follow the value');
  });
}

/** What the integer after a null key says of the map. */
const MARK = { reference: 1, sameArray: 2, payload: 3, sameObject: 4, sameObjectByReference: 5 } as const;

class MsgpackReader extends BinaryCursor {
  /** Arrays and objects, counted from 1 as the extension does when it writes. */
  readonly #slots: PhpValue[] = [];

  value(): PhpValue {
    const type = this.unsigned(1);
    if (isShortInteger(type)) return shortInteger(type);
    if (type < 0x90) return this.#map(type & 0x0f);
    if (type < 0xa0) return this.#list(type & 0x0f);
    const length = this.#textLength(type);
    return length === undefined ? this.#other(type) : this.string(length);
  }

  #other(type: number): PhpValue {
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        return this.bytes.readFloatBE(this.skip(4));
      case 0xcb:
        return this.double();
      case 0xdc:
        return this.#list(this.unsigned(2));
      case 0xdd:
        return this.#list(this.unsigned(4));
      case 0xde:
        return this.#map(this.unsigned(2));
      case 0xdf:
        return this.#map(this.unsigned(4));
      default:
        return this.#integer(type) ?? this.fail('unsupported', 'a type that PHP does not write');
    }
  }

  /** Reads how many bytes a text has; undefined if the type is not one of text or bytes. */
  #textLength(type: number): number | undefined {
    if (type >= 0xa0 && type < 0xc0) return type & 0x1f;
    if (type === 0xd9 || type === 0xc4) return this.unsigned(1);
    if (type === 0xda || type === 0xc5) return this.unsigned(2);
    return type === 0xdb || type === 0xc6 ? this.unsigned(4) : undefined;
  }

  #integer(type: number): number | bigint | string | undefined {
    switch (type) {
      case 0xcc:
        return this.unsigned(1);
      case 0xcd:
        return this.unsigned(2);
      case 0xce:
        return this.unsigned(4);
      case 0xcf:
        return this.#unsigned64();
      case 0xd0:
        return this.bytes.readInt8(this.skip(1));
      case 0xd1:
        return this.bytes.readInt16BE(this.skip(2));
      case 0xd2:
        return this.bytes.readInt32BE(this.skip(4));
      case 0xd3:
        return this.signed64();
      default:
        return undefined;
    }
  }

  /** Beyond PHP's integers it is decimal text, as the extension reads it. */
  #unsigned64(): number | bigint | string {
    const value = this.unsigned64();
    return typeof value === 'bigint' && BigInt.asIntN(64, value) !== value ? String(value) : value;
  }

  #list(count: number): PhpArray {
    const list: PhpArray = new Map();
    this.#slots.push(list);
    this.#open(count, 1);
    for (let index = 0; index < count; index++) list.set(index, this.value());
    this.leave();
    return list;
  }

  /** Reads a map: an array, or what the null keys at its beginning say. */
  #map(count: number): PhpValue {
    this.#open(count, 2);
    const value = count === 0 ? this.#object('stdClass', 0) : this.#marked(count);
    this.leave();
    return value;
  }

  #marked(count: number): PhpValue {
    if (!this.#acceptNull()) return this.#array(count);
    const mark = this.value();
    if (typeof mark === 'string') return this.#object(mark, count - 1);
    switch (mark) {
      case MARK.reference:
        return this.#referenced(count - 1);
      case MARK.payload:
        return this.#payload(count - 1);
      case MARK.sameArray:
      case MARK.sameObjectByReference:
        return this.#same(count - 1);
      case MARK.sameObject: {
        const object = this.#same(count - 1);
        this.#slots.push(object);
        return object;
      }
      default:
        return this.fail('malformed', 'a null key that says nothing');
    }
  }

  /** What a PHP reference holds is written like anything else. */
  #referenced(count: number): PhpValue {
    if (count === 0 || !this.#acceptNull()) return this.#array(count);
    const className = this.value();
    if (typeof className === 'string') return this.#object(className, count - 1);
    return this.fail('malformed', 'not a class name');
  }

  #array(count: number): PhpArray {
    const array: PhpArray = new Map();
    this.#slots.push(array);
    for (let left = count; left > 0; left--) {
      const key = this.#key();
      array.set(typeof key === 'string' ? arrayKey(key) : key, this.value());
    }
    return array;
  }

  #object(className: string, count: number): PhpObject {
    const object = new PhpObject(className);
    this.#slots.push(object);
    if (count === 1 && this.#acceptNull()) this.#selfSerialized(object);
    else this.#properties(object, count);
    return object;
  }

  #properties(object: PhpObject, count: number): void {
    for (let left = count; left > 0; left--) {
      const key = this.#key();
      object.properties.set(key, this.value());
    }
  }

  /** Reads the array that a class's `__serialize` gave. */
  #selfSerialized(object: PhpObject): void {
    const slot = this.#slots.length;
    const data = this.value();
    // One that is only called by its number could be copied again and again.
    if (!(data instanceof Map) || this.#slots[slot] !== data)
      this.fail('malformed', 'an object without properties');
    else for (const [key, value] of data) object.properties.set(key, value);
  }

  #payload(count: number): PhpObject {
    const className = this.#key();
    const payload = this.value();
    const isText = typeof payload === 'string' || payload instanceof Uint8Array;
    if (count !== 1 || typeof className !== 'string' || !isText) return this.fail('malformed', 'no payload');
    const object = new PhpObject(className, { payload: Buffer.from(payload) });
    this.#slots.push(object);
    return object;
  }

  /** Reads `0 => number` and gives the value that has this number. */
  #same(count: number): PhpValue {
    const [key, number] = [this.value(), this.value()];
    const value = typeof number === 'number' ? this.#slots[number - 1] : undefined;
    if (count !== 1 || key !== 0 || value === undefined)
      return this.fail('malformed', 'reference to nothing');
    return value;
  }

  #key(): PhpKey {
    const type = this.unsigned(1);
    const length = this.#textLength(type);
    if (length !== undefined) return this.name(length);
    if (isShortInteger(type)) return shortInteger(type);
    const key = this.#integer(type) ?? this.fail('malformed', 'a key must be an integer or a string');
    return typeof key === 'bigint' ? String(key) : key;
  }

  /** Steps over a null, if one comes next. */
  #acceptNull(): boolean {
    const isNull = this.bytes[this.offset] === 0xc0;
    if (isNull) this.offset++;
    return isNull;
  }

  /** Goes a level deeper. Each thing counted takes at least `size` bytes, so a larger count is a lie. */
  #open(count: number, size: number): void {
    if (count * size > this.bytes.length - this.offset) this.fail('malformed', 'cut short');
    this.enter();
  }
}

function isShortInteger(type: number): boolean {
  return type < 0x80 || type >= 0xe0;
}

function shortInteger(type: number): number {
  return type < 0x80 ? type : type - 0x100;
}
