// Text that should be UTF-8, and what PHP makes of it when it is not. Source: php-src ext/standard/html.c (get_next_char).
import { isUtf8 } from 'node:buffer';
import { bytesOf } from '../value.ts';

/** Gives the text if it is UTF-8, or has a UTF-8 form; undefined otherwise. */
export function utf8Text(value: string | Uint8Array): string | undefined {
  if (typeof value === 'string') return isWellFormed(value) ? value : undefined;
  return isUtf8(value) ? Buffer.from(value).toString('utf8') : undefined;
}

/** States that a string has no lone surrogates, so that it has a UTF-8 form. */
export function isWellFormed(text: string): boolean {
  if (!/[\ud800-\udfff]/.test(text)) return true;
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}

/** Decodes UTF-8, with PHP's own count of replacements for what is none, which is not the one browsers and Node use. */
export function replaceInvalidUtf8(value: string | Uint8Array, replacement: string): string {
  const bytes = bytesOf(value);
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let result = '';
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    const bad = badLength(bytes, at, length);
    if (bad > 0) {
      result += `${bytes.toString('utf8', start, at)}${replacement}`;
      start = at + bad;
    }
    at += bad || length;
  }
  return result + bytes.toString('utf8', start);
}

/** Gives the length its first byte announces; 0 if no sequence begins so. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** Gives how many bytes one replacement character stands for; 0 if the sequence is valid. */
function badLength(bytes: Buffer, at: number, length: number): number {
  if (length === 0) return 1;
  const trails = Array.from({ length: length - 1 }, (_, index) => bytes[at + 1 + index]);
  if (trails.every(isTrail)) return isUtf8(bytes.subarray(at, at + length)) ? 0 : length;
  // What could begin a character of its own is not swallowed.
  const own = trails.findIndex((byte) => byte === undefined || isLead(byte));
  return own < 0 ? length : own + 1;
}

function isTrail(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte <= 0xbf;
}

function isLead(byte: number): boolean {
  return byte < 0x80 || (byte >= 0xc2 && byte <= 0xf4);
}
