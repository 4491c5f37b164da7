// Reads PHP's serialize() format in linear time, within limits, without instantiating anything.
// Grammar and numbering of references: php-src ext/standard/var_unserializer.re.

import type { Result } from '../result.ts';
import { arrayKey, type PhpArray, type PhpKey, PhpObject, type PhpValue } from '../value.ts';
import { ByteCursor } from './byte-cursor.ts';
import { attempt, type DecodeError, type DecodeLimits } from './decode.ts';

/** Reads one serialized value that takes up the whole input. */
export function unserialize(bytes: Uint8Array, limits: DecodeLimits = {}): Result<PhpValue, DecodeError> {
  return attempt(() => {
    const reader = new SerializeReader(bytes, limits);
    const value = reader.value();
    return reader.atEnd ? value : reader.fail('malformed', 'bytes follow the value');
  });
}

const CLASS_NAME = /^[\w\\\x7f-\uffff]+$/;
const FLOAT = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const INTEGER = /^[+-]?[0-9]{1,20}$/;
/** Integers of so many digits are always exact. */
const SAFE_DIGITS = 15;
/** No number that PHP writes is longer. */
const LONGEST_NUMBER = 400;

/** Reads value after value; references (`R:`, `r:`) may point into earlier values, as in PHP's session format. */
export class SerializeReader extends ByteCursor {
  readonly #slots: PhpValue[] = [];
  /** How many slots can be counted reliably: a `C:` object hides how many it took. */
  #countable = Number.POSITIVE_INFINITY;

  /** Reads one value. Throws a Stop if there is none; the reader must not be used again then. */
  value(): PhpValue {
    const type = this.#char();
    if (type === 'N') return this.#end(this.#slot(null));
    this.#expect(':');
    switch (type) {
      case 'i':
        return this.#slot(this.#integer());
      case 's':
        return this.#end(this.#slot(this.#string()));
      case 'a':
        return this.#array();
      case 'b':
        return this.#end(this.#slot(this.#boolean()));
      case 'd':
        return this.#slot(this.#float());
      case 'O':
        return this.#object();
      case 'E':
        return this.#end(this.#slot(this.#enumCase()));
      case 'C':
        return this.#custom();
      case 'R':
        return this.#reference();
      case 'r':
        return this.#slot(this.#sameObject());
      default:
        return this.fail('malformed', 'unknown type');
    }
  }

  #boolean(): boolean {
    const digit = this.#char();
    if (digit !== '0' && digit !== '1') this.fail('malformed', 'not a boolean');
    return digit === '1';
  }

  /** Reads `-7;`. */
  #integer(): number | bigint {
    const start = this.offset;
    const isNegative = this.text.charCodeAt(start) === 0x2d;
    const first = isNegative ? start + 1 : start;
    const magnitude = this.#digits(first);
    if (this.text[this.offset] !== ';' || this.offset === first) return this.#longInteger(start);
    this.offset++;
    // An `i:-0;` is 0, as in PHP.
    return isNegative && magnitude !== 0 ? -magnitude : magnitude;
  }

  /** Reads the digits from `start` on, but no more than make an exact number; none are 0. */
  #digits(start: number): number {
    const end = start + SAFE_DIGITS;
    let at = start;
    let value = 0;
    for (; at < end; at++) {
      const digit = this.text.charCodeAt(at) - 0x30;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    this.offset = at;
    return value;
  }

  #longInteger(start: number): number | bigint {
    this.offset = start;
    const text = this.#number();
    if (!INTEGER.test(text)) this.fail('malformed', 'not an integer');
    const number = Number(text);
    if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
    const exact = BigInt(text.replace('+', ''));
    return BigInt.asIntN(64, exact) === exact ? exact : this.fail('malformed', 'integer beyond 64 bits');
  }

  #float(): number {
    const text = this.#number();
    if (FLOAT.test(text)) return Number(text);
    if (text === 'NAN') return Number.NaN;
    if (text === 'INF' || text === '-INF') return text === 'INF' ? Infinity : -Infinity;
    return this.fail('malformed', 'not a float');
  }

  /** Reads the text of a number and steps over the semicolon after it. */
  #number(): string {
    const end = this.text.indexOf(';', this.offset);
    if (end < 0 || end - this.offset > LONGEST_NUMBER) this.fail('malformed', 'no ;');
    const text = this.text.slice(this.offset, end);
    this.offset = end + 1;
    return text;
  }

  /** Reads a count and its colon. Each thing counted takes at least a byte, so a larger count is a lie. */
  #length(): number {
    const start = this.offset;
    const length = this.#digits(start);
    if (this.offset === start) this.fail('malformed', 'not a length');
    this.#expect(':');
    return length <= this.text.length - this.offset ? length : this.fail('malformed', 'cut short');
  }

  /** Reads `5:"bytes"`. */
  #string(): string | Uint8Array {
    const length = this.#length();
    this.#expect('"');
    const text = this.string(length);
    this.#expect('"');
    return text;
  }

  #name(): string {
    const length = this.#length();
    this.#expect('"');
    const name = this.name(length);
    this.#expect('"');
    return name;
  }

  #array(): PhpArray {
    const array: PhpArray = this.#slot(new Map());
    for (let left = this.#open(); left > 0; left--) {
      const key = this.#key();
      array.set(typeof key === 'string' ? arrayKey(key) : key, this.value());
    }
    this.#close();
    return array;
  }

  #object(): PhpObject {
    const object = this.#slot(new PhpObject(this.#className()));
    // A property's name stays as it is: `s:2:"10"` belongs to an object, `i:10` to a class that serializes itself.
    for (let left = this.#open(); left > 0; left--) {
      const key = this.#key();
      object.properties.set(key, this.value());
    }
    this.#close();
    return object;
  }

  /** Reads `2:{`. */
  #open(): number {
    const count = this.#length();
    this.#expect('{');
    this.enter();
    return count;
  }

  #close(): void {
    this.leave();
    this.#expect('}');
  }

  #key(): PhpKey {
    const type = this.#char();
    this.#expect(':');
    if (type === 's') return this.#end(this.#name());
    if (type !== 'i') this.fail('malformed', 'a key must be an integer or a string');
    const key = this.#integer();
    return typeof key === 'bigint' ? String(key) : key;
  }

  /** Reads `5:"Class":`. */
  #className(): string {
    const name = this.#name();
    this.#expect(':');
    return CLASS_NAME.test(name) ? name : this.fail('malformed', 'not a class name');
  }

  #enumCase(): PhpObject {
    const name = this.#name();
    const colon = name.indexOf(':');
    if (colon < 0 || name.includes(':', colon + 1)) this.fail('malformed', 'not an enum case');
    return new PhpObject(name.slice(0, colon), { enumCase: name.slice(colon + 1) });
  }

  #custom(): PhpObject {
    const className = this.#className();
    const length = this.#length();
    this.#expect('{');
    const payload = this.copy(length);
    this.#expect('}');
    const object = this.#slot(new PhpObject(className, { payload }));
    this.#countable = Math.min(this.#countable, this.#slots.length);
    return object;
  }

  #reference(): PhpValue {
    const index = this.#integer();
    const target = this.#slots[Number(index) - 1];
    if (target === undefined) return this.fail('malformed', 'reference to nothing');
    if (index > this.#countable)
      this.fail('unsupported', 'reference past an object with a format of its own');
    return target;
  }

  #sameObject(): PhpObject {
    const target = this.#reference();
    return target instanceof PhpObject ? target : this.fail('malformed', 'r: must point to an object');
  }

  #slot<Value extends PhpValue>(value: Value): Value {
    this.#slots.push(value);
    return value;
  }

  /** Reads one byte as a character. */
  #char(): string {
    return this.text[this.offset++] ?? this.fail('malformed', 'cut short');
  }

  /** Steps over a character that must come next. */
  #expect(char: string): void {
    if (this.text[this.offset] !== char) this.fail('malformed', `expected ${char}`);
    this.offset++;
  }

  /** Steps over the semicolon after a value. */
  #end<Value>(value: Value): Value {
    this.#expect(';');
    return value;
  }
}
