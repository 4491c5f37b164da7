// What visitors send, read as the shop has always read it.
import { php } from 'banyan-edge';

type Fields = { readonly [name: string]: unknown };
type Text = string | Uint8Array;

const LARGEST_INTEGER = 2n ** 63n - 1n;

/** Gives a field of a query or form; empty if it is missing or an array. Bytes are text that is not UTF-8. */
export function textOf(fields: Fields, name: string): Text {
  const value = fields[name];
  return typeof value === 'string' || value instanceof Uint8Array ? value : '';
}

/**
 * Reads digits as PHP's `(int)` does: too large an integer is the largest there is, and what is too large
 * even for a float is 0. Gives `otherwise` for anything but digits.
 */
export function integerOf(value: unknown, otherwise: bigint): bigint {
  if (typeof value !== 'string' || !/^[0-9]+$/.test(value)) return otherwise;
  if (Number(value) === Number.POSITIVE_INFINITY) return 0n;
  const integer = BigInt(value);
  return integer < LARGEST_INTEGER ? integer : LARGEST_INTEGER;
}

/** Reads text as browsers and links from before 2010 sent it: what is not UTF-8 is Latin-1. */
export function utf8Of(text: Text): string {
  return typeof text === 'string' ? text : php.utf8Encode(text);
}
