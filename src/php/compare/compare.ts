// PHP's `==` and `<=>`. Source: php-src 8.2 Zend/zend_operators.c (zend_compare, zendi_smart_str_compare), 7.4 (compare_function).
import type { Encodable } from '../json/encode.ts';
import { phpFloatToString } from '../text/float.ts';
import { arrayKey, bytesOf, PhpFloat, type PhpKey, PhpObject } from '../value.ts';
import { boolval } from './casts.ts';
import { leadingNumber, type Numeric, numericString } from './numeric.ts';

/** Less, equal, or greater; what cannot be compared is greater either way. */
type Order = -1 | 0 | 1;
type Operand = Encodable | undefined;
type Value = Exclude<Encodable, PhpFloat>;
type Members = ReadonlyMap<PhpKey, Operand>;

/**
 * Compares as `==` does. With `version: 7.4` a number equals a text that begins with it, and 0 any text without a number; since PHP 8
 * (the default) only texts that are numbers equal one. Plain arrays and objects count as PHP's arrays.
 */
export function looseEquals(left: Operand, right: Operand, options: { version?: number } = {}): boolean {
  return compare(left, right, options.version ?? 8) === 0;
}

/** Compares as `<=>` does: -1, 0 or 1. `version` is as with `looseEquals`; what cannot be compared is 1, as in PHP. */
export function spaceship(left: Operand, right: Operand, options: { version?: number } = {}): Order {
  return compare(left, right, options.version ?? 8);
}

function compare(left: Operand, right: Operand, version: number): Order {
  const [a, b] = [unboxed(left), unboxed(right)];
  if (isText(a) && isText(b)) return compareTexts(latin1(a), latin1(b), version);
  if (a === null && isText(b)) return latin1(b) === '' ? 0 : -1;
  if (b === null && isText(a)) return latin1(a) === '' ? 0 : 1;
  if (a === null || b === null || typeof a === 'boolean' || typeof b === 'boolean')
    return order(Number(boolval(a)), Number(boolval(b)));
  if (isContainer(a)) return compareContainer(a, b, version);
  if (isContainer(b)) return swapped(b instanceof PhpObject ? a : null, compareContainer(b, a, version));
  if (isText(a)) return isText(b) ? 0 : swapped(b, compareWithText(b, latin1(a), version));
  return isText(b) ? compareWithText(a, latin1(b), version) : compareNumbers(a, b);
}

function unboxed(value: Operand): Value {
  return value instanceof PhpFloat ? value.value : (value ?? null);
}

function isText(value: Operand): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array;
}

/** One character for each byte, so that texts compare as bytes. */
function latin1(text: string | Uint8Array): string {
  return bytesOf(text).toString('latin1');
}

function order<Value extends number | bigint | string>(left: Value, right: Value): Order {
  return left === right ? 0 : left < right ? -1 : 1;
}

/** Turns around what was compared with its sides changed; NaN is greater than any number, and less than an array. */
function swapped(number: Operand, result: Order): Order {
  if (Number.isNaN(number)) return 1;
  return result === 0 ? 0 : result < 0 ? 1 : -1;
}

function compareNumbers(left: number | bigint, right: number | bigint): Order {
  if (isInt(left) && isInt(right)) return order(BigInt(left), BigInt(right));
  return order(Number(left), Number(right));
}

function isInt(value: number | bigint): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

function compareTexts(left: string, right: string, version: number): Order {
  const [a, b] = [numericString(left, version), numericString(right, version)];
  return a && b && !areBeyondComparing(a, b) ? compareNumerics(a, b) : order(left, right);
}

/** States that both are too large for their kind in the same way, so that numbers would make them equal. */
function areBeyondComparing(a: Numeric, b: Numeric): boolean {
  if (typeof a.value !== 'number' || a.value !== b.value) return false;
  return !Number.isFinite(a.value) || (a.overflow !== 0 && a.overflow === b.overflow);
}

function compareNumerics(a: Numeric, b: Numeric): Order {
  if (typeof a.value === 'bigint' && typeof b.value === 'bigint') return order(a.value, b.value);
  if (typeof a.value === 'bigint' && b.overflow !== 0) return b.overflow > 0 ? -1 : 1;
  if (typeof b.value === 'bigint' && a.overflow !== 0) return a.overflow;
  return order(Number(a.value), Number(b.value));
}

function compareWithText(number: number | bigint, text: string, version: number): Order {
  if (version < 8) return compareWithNumeric(number, leadingNumber(text));
  if (Number.isNaN(number)) return 1;
  const numeric = numericString(text, 8);
  return numeric ? compareWithNumeric(number, numeric) : order(numberText(number), text);
}

function compareWithNumeric(number: number | bigint, { value }: Numeric): Order {
  if (typeof value === 'bigint') return compareNumbers(number, value);
  return order(Number(number), value);
}

function numberText(number: number | bigint): string {
  return isInt(number) ? String(number) : phpFloatToString(Number(number));
}

type Container = Exclude<Value, null | boolean | number | bigint | string | Uint8Array>;

function isContainer(value: Value): value is Container {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

/** Compares an array or object with anything but null, true and false. */
function compareContainer(left: Container, right: Value, version: number): Order {
  if (left instanceof PhpObject) return compareObject(left, right, version);
  if (right instanceof PhpObject) return -1;
  if (!isContainer(right)) return 1;
  return compareMembers(membersOf(left), membersOf(right), version);
}

function compareObject(left: PhpObject, right: Value, version: number): Order {
  if (left === right) return 0;
  // PHP warns that the object has no number, and takes it for 1.
  if (typeof right === 'number' || typeof right === 'bigint') return compareNumbers(1, right);
  if (!(right instanceof PhpObject) || left.className !== right.className) return 1;
  if (left.enumCase !== undefined) return left.enumCase === right.enumCase ? 0 : 1;
  return compareMembers(left.properties, right.properties, version);
}

function membersOf(value: Exclude<Container, PhpObject>): Members {
  if (value instanceof Map) return value;
  const members = new Map<PhpKey, Operand>();
  for (const [name, member] of Object.entries(value))
    if (member !== undefined) members.set(arrayKey(name), member);
  return members;
}

function compareMembers(left: Members, right: Members, version: number): Order {
  if (left.size !== right.size) return order(left.size, right.size);
  for (const [key, value] of left) {
    const other = right.get(key);
    const result = other === undefined ? 1 : compare(value, other, version);
    if (result !== 0) return result;
  }
  return 0;
}
