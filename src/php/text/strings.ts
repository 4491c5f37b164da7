// PHP's functions on strings that JavaScript has under the same name with another meaning, or not at all.
import { timingSafeEqual } from 'node:crypto';
import { bytesOf } from '../value.ts';

const TRIMMED = new Set([' ', '\t', '\n', '\r', '\0', '\v']);

/** Removes what PHP's trim removes: spaces, tabs, line breaks and NULs, but no other white space. */
export function trim(text: string): string {
  let start = 0;
  let end = text.length;
  // A regular expression would go through long runs of spaces again and again.
  while (start < end && TRIMMED.has(text.charAt(start))) start++;
  while (end > start && TRIMMED.has(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Compares as hash_equals does: the time it takes says nothing about where two texts of one length differ. */
export function hashEquals(known: string | Uint8Array, given: string | Uint8Array): boolean {
  const [left, right] = [bytesOf(known), bytesOf(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Reads bytes as ISO-8859-1, as utf8_encode and iconv do. */
export function utf8Encode(latin1: Uint8Array): string {
  return Buffer.from(latin1).toString('latin1');
}

/** What PHP sends with a page that has resumed a session, with `session.cache_limiter` at its default. */
export const NO_CACHE_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['Expires', 'Thu, 19 Nov 1981 08:52:00 GMT'],
  ['Cache-Control', 'no-store, no-cache, must-revalidate'],
  ['Pragma', 'no-cache'],
];
