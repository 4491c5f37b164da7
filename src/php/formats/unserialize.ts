// Reads PHP's serialize() format in linear time, within limits, without instantiating anything.
// Grammar and numbering of references: php-src ext/standard/var_unserializer.re.

import { failure, type Result, success } from '../result.ts';
import {
  arrayKey,
  nameOf,
  type PhpArray,
  type PhpKey,
  PhpObject,
  type PhpValue,
  textOrBytes,
} from '../value.ts';
import { ByteCursor, type DecodeError, Stop } from './byte-cursor.ts';

/** Bounds the work done for one input. */
export interface DecodeLimits {
  /** Levels of nesting; 512 unless told. */
  readonly maxDepth?: number;
  /** Bytes of input; 16 MiB unless told. */
  readonly maxBytes?: number;
}

/** Reads one serialized value that takes up the whole input. */
export function unserialize(bytes: Uint8Array, limits: DecodeLimits = {}): Result<PhpValue, DecodeError> {
  const reader = new SerializeReader(bytes, limits);
  const result = reader.next();
  if (!result.ok || reader.atEnd) return result;
  return failure({ code: 'malformed', offset: reader.offset, message: 'bytes follow the value' });
}

/** Reads value after value; references (`R:`, `r:`) may point into earlier values, as in PHP's session format. */
export class SerializeReader {
  readonly #cursor: ByteCursor;
  readonly #limits: Required<DecodeLimits>;
  readonly #slots: PhpValue[] = [];
  /** How many slots could still be counted reliably: a `C:` object hides how many it took. */
  #countable = Number.POSITIVE_INFINITY;
  #depth = 0;

  constructor(bytes: Uint8Array, limits: DecodeLimits = {}) {
    this.#cursor = new ByteCursor(bytes);
    this.#limits = { maxDepth: limits.maxDepth ?? 512, maxBytes: limits.maxBytes ?? 16 * 1024 * 1024 };
  }

  /** States whether all bytes were read. */
  get atEnd(): boolean {
    return this.#cursor.remaining === 0;
  }

  /** Says where the next byte is read. */
  get offset(): number {
    return this.#cursor.offset;
  }

  /** Reads the bytes before the next `delimiter` as a name and steps over the delimiter; undefined if there is none. */
  nameBefore(delimiter: string): string | undefined {
    const name = this.#cursor.before(delimiter);
    return name && nameOf(name);
  }

  /** Reads one value. After a failure the reader must not be used again. */
  next(): Result<PhpValue, DecodeError> {
    try {
      if (this.#cursor.remaining > this.#limits.maxBytes)
        this.#cursor.fail('too-large', 'more bytes than allowed');
      return success(this.#value());
    } catch (error) {
      if (error instanceof Stop) return failure(error.reason);
      throw error;
    }
  }

  #value(): PhpValue {
    const type = this.#cursor.char();
    if (type === 'N') return this.#cursor.end(this.#slot(null));
    this.#cursor.expect(':');
    switch (type) {
      case 'b':
        return this.#cursor.end(this.#slot(this.#boolean()));
      case 'i':
        return this.#slot(this.#integer());
      case 'd':
        return this.#slot(this.#float());
      case 's':
        return this.#cursor.end(this.#slot(textOrBytes(this.#cursor.quoted())));
      case 'a':
        return this.#array(this.#slot(new Map()));
      case 'O':
        return this.#object();
      case 'E':
        return this.#cursor.end(this.#slot(this.#enumCase()));
      case 'C':
        return this.#custom();
      case 'R':
        return this.#reference();
      case 'r':
        return this.#slot(this.#sameObject());
      default:
        return this.#cursor.fail('malformed', 'unknown type');
    }
  }

  #boolean(): boolean {
    const digit = this.#cursor.char();
    if (digit !== '0' && digit !== '1') this.#cursor.fail('malformed', 'not a boolean');
    return digit === '1';
  }

  #integer(): number | bigint {
    const text = this.#cursor.until(';');
    if (!/^[+-]?[0-9]{1,20}$/.test(text)) this.#cursor.fail('malformed', 'not an integer');
    const number = Number(text);
    if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
    const exact = BigInt(text.replace('+', ''));
    return BigInt.asIntN(64, exact) === exact
      ? exact
      : this.#cursor.fail('malformed', 'integer beyond 64 bits');
  }

  #float(): number {
    const text = this.#cursor.until(';');
    if (text === 'NAN') return Number.NaN;
    if (text === 'INF' || text === '-INF') return text === 'INF' ? Infinity : -Infinity;
    if (!/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text))
      this.#cursor.fail('malformed', 'not a float');
    return Number(text);
  }

  #array(into: PhpArray): PhpArray {
    const count = this.#cursor.length();
    this.#cursor.expect('{');
    if (++this.#depth > this.#limits.maxDepth) this.#cursor.fail('too-deep', 'nested deeper than allowed');
    for (let i = 0; i < count; i++) {
      const key = this.#key();
      into.set(key, this.#value());
    }
    this.#depth--;
    this.#cursor.expect('}');
    return into;
  }

  #key(): PhpKey {
    const type = this.#cursor.char();
    this.#cursor.expect(':');
    if (type === 'i') {
      const key = this.#integer();
      return typeof key === 'bigint' ? String(key) : key;
    }
    if (type !== 's') this.#cursor.fail('malformed', 'a key must be an integer or a string');
    return this.#cursor.end(arrayKey(nameOf(this.#cursor.quoted())));
  }

  #className(): string {
    const name = nameOf(this.#cursor.quoted());
    return /^[\w\\\x7f-\uffff]+$/.test(name) ? name : this.#cursor.fail('malformed', 'not a class name');
  }

  #object(): PhpObject {
    const className = this.#className();
    this.#cursor.expect(':');
    const object = new PhpObject(className);
    this.#slot(object);
    this.#array(object.properties);
    return object;
  }

  #enumCase(): PhpObject {
    const [className = '', enumCase, ...rest] = nameOf(this.#cursor.quoted()).split(':');
    if (enumCase === undefined || rest.length > 0) return this.#cursor.fail('malformed', 'not an enum case');
    return new PhpObject(className, { enumCase });
  }

  #custom(): PhpObject {
    const className = this.#className();
    this.#cursor.expect(':');
    const length = this.#cursor.length();
    this.#cursor.expect('{');
    const payload = Buffer.from(this.#cursor.slice(length));
    this.#cursor.expect('}');
    const object = this.#slot(new PhpObject(className, { payload }));
    this.#countable = Math.min(this.#countable, this.#slots.length);
    return object;
  }

  #reference(): PhpValue {
    const index = this.#integer();
    const target = this.#slots[Number(index) - 1];
    if (target === undefined) return this.#cursor.fail('malformed', 'reference to nothing');
    if (index > this.#countable)
      this.#cursor.fail('unsupported', 'reference past an object with a format of its own');
    return target;
  }

  #sameObject(): PhpObject {
    const target = this.#reference();
    return target instanceof PhpObject
      ? target
      : this.#cursor.fail('malformed', 'r: must point to an object');
  }

  #slot<Value extends PhpValue>(value: Value): Value {
    this.#slots.push(value);
    return value;
  }
}
