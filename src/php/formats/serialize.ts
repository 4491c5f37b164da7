// Writes PHP's serialize() format byte for byte as PHP 8.2 does. Numbering of references: php-src ext/standard/var.c.

import { failure, type Result, success } from '../result.ts';
import { phpFloatRepr } from '../text/float.ts';
import { isWellFormed } from '../text/utf8.ts';
import {
  bytesOf,
  CANONICAL_INTEGER,
  isNameOfBytes,
  PhpFloat,
  type PhpKey,
  PhpObject,
  type PhpValue,
} from '../value.ts';
import { MAX_DEPTH } from './decode.ts';

/** What may be written: PHP's values, floats of a whole value, and plain arrays and objects, which become PHP arrays. */
export type Serializable =
  | PhpValue
  | PhpFloat
  | readonly Serializable[]
  | ReadonlyMap<PhpKey, Serializable>
  | { readonly [name: string]: Serializable | undefined };

/** Says why a value has no serialized form. */
export interface SerializeError {
  readonly code: 'too-deep' | 'not-an-integer' | 'not-text' | 'unsupported';
  readonly message: string;
}

/**
 * Writes a value as `serialize` does. An object met again becomes `r:` and points to the first, as in PHP; an array met again, which
 * JavaScript shares as PHP shares references, becomes `R:`. Members whose value is undefined are left out.
 */
export function serialize(value: Serializable): Result<Buffer, SerializeError> {
  const writer = new SerializeWriter();
  writer.value(value);
  return writer.error ? failure(writer.error) : success(Buffer.from(writer.out, 'latin1'));
}

type Container = Exclude<Serializable, null | boolean | number | bigint | string | Uint8Array | PhpFloat>;
type Members = Iterable<readonly [PhpKey, Serializable]>;

class SerializeWriter {
  /** One character a byte. */
  out = '';
  error: SerializeError | undefined;
  #depth = 0;
  /** Values written so far, as `unserialize` counts them. */
  #slots = 0;
  /** How many of them it can be sure of: a `C:` object hides how many it takes. */
  #countable = Number.POSITIVE_INFINITY;
  readonly #numbers = new Map<Container | string, number>();

  value(value: Serializable): void {
    switch (typeof value) {
      case 'boolean':
        return this.#scalar(value ? 'b:1;' : 'b:0;');
      case 'number':
        return this.#scalar(
          Number.isSafeInteger(value) && !Object.is(value, -0) ? `i:${value};` : float(value),
        );
      case 'bigint':
        return this.#bigint(value);
      case 'string':
        return this.#scalar(this.#text(value));
      case 'object':
        return value === null ? this.#scalar('N;') : this.#object(value);
      default:
        return this.#fail('unsupported', `PHP has no ${typeof value}`);
    }
  }

  #object(value: Container | Uint8Array | PhpFloat): void {
    if (value instanceof PhpFloat) this.#scalar(float(value.value));
    else if (value instanceof Uint8Array) this.#scalar(this.#text(value));
    else this.#container(value);
  }

  #scalar(text: string): void {
    this.#slots++;
    this.out += text;
  }

  #bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) this.#scalar(`i:${value};`);
    else this.#fail('not-an-integer', `${value} is beyond PHP's integers`);
  }

  #container(value: Container): void {
    const identity = identityOf(value);
    const known = this.#numbers.get(identity);
    if (known !== undefined) return this.#again(value, known);
    this.#numbers.set(identity, ++this.#slots);
    if (!(value instanceof PhpObject)) return this.#array(value);
    if (value.enumCase !== undefined)
      this.out += `E:${this.#quoted(`${value.className}:${value.enumCase}`)};`;
    else if (value.payload !== undefined) this.#payload(value.className, value.payload);
    else this.#properties(value);
  }

  /** An `r:` counts as a value of its own, an `R:` does not. */
  #again(value: Container, number: number): void {
    if (number > this.#countable)
      return this.#fail('unsupported', 'a reference past an object with a format of its own');
    if (value instanceof PhpObject) this.#scalar(`r:${number};`);
    else this.out += `R:${number};`;
  }

  #array(array: Exclude<Container, PhpObject>): void {
    const members = membersOf(array);
    if (!members) return this.#fail('unsupported', 'PHP has no form of this class');
    this.out += `a:${members.length}`;
    this.#members(members, (key) => this.#key(key));
  }

  #properties(object: PhpObject): void {
    this.out += `O:${this.#quoted(object.className)}:${object.properties.size}`;
    // Plain objects have names only; what a class's `__serialize` gave is an array and has integers too.
    const isPlain = object.className === 'stdClass';
    this.#members(object.properties, (key) =>
      typeof key === 'string' || isPlain ? this.#text(String(key)) : this.#integerKey(key),
    );
  }

  #members(members: Members, keyText: (key: PhpKey) => string): void {
    if (++this.#depth > MAX_DEPTH) return this.#fail('too-deep', `nested deeper than ${MAX_DEPTH}`);
    this.out += ':{';
    for (const [key, value] of members) {
      this.out += keyText(key);
      this.value(value);
      if (this.error) return;
    }
    this.out += '}';
    this.#depth--;
  }

  #key(key: PhpKey): string {
    if (typeof key === 'number') return this.#integerKey(key);
    return isInteger(key) ? `i:${key};` : this.#text(key);
  }

  #integerKey(key: number): string {
    if (!Number.isSafeInteger(key)) this.#fail('not-an-integer', `${key} cannot be a key`);
    return `i:${key};`;
  }

  #payload(className: string, payload: Uint8Array): void {
    const bytes = bytesOf(payload).toString('latin1');
    this.out += `C:${this.#quoted(className)}:${bytes.length}:{${bytes}}`;
    this.#countable = Math.min(this.#countable, this.#slots);
  }

  #text(text: string | Uint8Array): string {
    return `s:${this.#quoted(text)};`;
  }

  /** Gives `5:"bytes"`. */
  #quoted(text: string | Uint8Array): string {
    if (typeof text === 'string' && !/[^\0-\x7f]/.test(text)) return `${text.length}:"${text}"`;
    if (typeof text === 'string' && !isWellFormed(text) && !isNameOfBytes(text))
      this.#fail('not-text', 'a string has half a surrogate pair');
    const bytes = bytesOf(text).toString('latin1');
    return `${bytes.length}:"${bytes}"`;
  }

  #fail(code: SerializeError['code'], message: string): void {
    this.error ??= { code, message };
  }
}

/** PHP has one object for each case of an enum. */
function identityOf(value: Container): Container | string {
  return value instanceof PhpObject && value.enumCase !== undefined
    ? `${value.className}:${value.enumCase}`
    : value;
}

/** Gives what a PHP array would hold; undefined for objects of a class, such as a Date, which no PHP array stands for. */
function membersOf(array: Exclude<Container, PhpObject>): (readonly [PhpKey, Serializable])[] | undefined {
  if (array instanceof Map) return [...array];
  if (Array.isArray(array)) return [...array.entries()];
  const prototype: unknown = Object.getPrototypeOf(array);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const members: [PhpKey, Serializable][] = [];
  for (const [name, value] of Object.entries(array)) if (value !== undefined) members.push([name, value]);
  return members;
}

function isInteger(key: string): boolean {
  if (key.length > 20 || !CANONICAL_INTEGER.test(key)) return false;
  const exact = BigInt(key);
  return BigInt.asIntN(64, exact) === exact;
}

/** Writes a float as `serialize_precision = -1` (or 17) does. */
function float(value: number): string {
  if (Number.isFinite(value)) return `d:${phpFloatRepr(value).replace('e', 'E')};`;
  return Number.isNaN(value) ? 'd:NAN;' : `d:${value > 0 ? '' : '-'}INF;`;
}
