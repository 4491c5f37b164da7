// PHP's casts. Source: php-src Zend/zend_operators.c (zval_get_long, zval_get_double, zval_get_string, zend_is_true).
import type { Encodable } from '../json/encode.ts';
import { phpFloatToString } from '../text/float.ts';
import { PhpFloat, PhpObject } from '../value.ts';
import { leadingNumber } from './numeric.ts';

const LARGEST = 2n ** 63n - 1n;
const SMALLEST = -(2n ** 63n);

/** Casts as `(bool)` does, all versions: '', '0', 0, 0.0, null and an empty array are false, and nothing else is. */
export function boolval(value: Encodable | undefined): boolean {
  if (value === undefined || value === null) return false;
  if (value instanceof Uint8Array) return value.length > 1 || (value.length === 1 && value[0] !== 0x30);
  if (value instanceof PhpFloat) return value.value !== 0;
  if (typeof value === 'object') return value instanceof PhpObject || sizeOf(value) > 0;
  return typeof value === 'string' ? value !== '' && value !== '0' : value !== false && Number(value) !== 0;
}

/**
 * Casts as `(int)` does, PHP 7.1 to 8.4 on 64 bits: '12abc' is 12, '1e3' is 1000, 1.9 is 1, INF and NAN are 0. What is beyond 2^53 is a
 * bigint.
 */
export function intval(value: Encodable | undefined): number | bigint {
  const exact = integerOf(value);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}

/** Casts as `(float)` does, PHP 7.1 to 8.4: '1.5abc' is 1.5, '' is 0. */
export function floatval(value: Encodable | undefined): number {
  if (typeof value === 'string') return Number(leadingNumber(value).value);
  if (value instanceof Uint8Array) return Number(leadingNumber(latin1(value)).value);
  if (value instanceof PhpFloat) return value.value;
  return value === null || value === undefined || typeof value === 'object'
    ? Number(boolval(value))
    : Number(value);
}

/**
 * Casts as `(string)` does, PHP 8 with `precision` at its default of 14: true is '1', false and null are '', an array is 'Array'.
 * Bytes stay bytes. A whole number is written as an int; `php.float` makes a float of it. Throws a TypeError for an object, of which only its class knows.
 */
export function strval(value: Encodable | undefined): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : phpFloatToString(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof PhpFloat) return phpFloatToString(value.value);
  if (value === null || value === undefined || typeof value === 'boolean') return value ? '1' : '';
  if (value instanceof PhpObject) throw new TypeError(`an object of class ${value.className} has no text`);
  return 'Array';
}

/** How many elements an array has. */
function sizeOf(value: object): number {
  return value instanceof Map ? value.size : Object.keys(value).length;
}

function integerOf(value: Encodable | undefined): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return wrapped(value);
  if (value instanceof PhpFloat) return wrapped(value.value);
  if (typeof value === 'string') return integerOfText(value);
  if (value instanceof Uint8Array) return integerOfText(latin1(value));
  return boolval(value) ? 1n : 0n;
}

function integerOfText(text: string): bigint {
  const { value } = leadingNumber(text);
  if (typeof value === 'bigint') return value;
  if (!Number.isFinite(value)) return 0n;
  const whole = BigInt(Math.trunc(value));
  return whole > LARGEST ? LARGEST : whole < SMALLEST ? SMALLEST : whole;
}

/** A float too large for an int loses its upper bits (zend_dval_to_long); one in a text is capped instead (zend_dval_to_long_cap). */
function wrapped(value: number): bigint {
  return Number.isFinite(value) ? BigInt.asIntN(64, BigInt(Math.trunc(value))) : 0n;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
