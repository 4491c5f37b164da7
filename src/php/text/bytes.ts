// PHP's functions on strings that count and change bytes. Source: php-src ext/standard/string.c.
import { bytesOf, textOrBytes } from '../value.ts';

/** A text, or bytes that are not UTF-8. */
type Text = string | Uint8Array;

/** Counts bytes, as strlen of all versions does. */
export function strlen(text: Text): number {
  return bytesOf(text).length;
}

/** Cuts by bytes as PHP 8's substr does; half a character comes back as bytes. Before PHP 8 a start behind the end gave false. */
export function substr(text: Text, offset: number, length?: number): Text {
  const bytes = bytesOf(text);
  const start = offset < 0 ? Math.max(0, bytes.length + offset) : Math.min(offset, bytes.length);
  const left = bytes.length - start;
  const size = length === undefined ? left : length < 0 ? Math.max(0, left + length) : Math.min(length, left);
  return textOrBytes(bytes.subarray(start, start + size));
}

/** Pads to a length in bytes as str_pad of all versions does; `both` puts the odd one to the right. An empty pad is a RangeError. */
export function strPad(
  text: Text,
  length: number,
  pad: Text = ' ',
  side: 'left' | 'right' | 'both' = 'right',
): Text {
  const bytes = bytesOf(text);
  const filling = bytesOf(pad);
  if (filling.length === 0) throw new RangeError('strPad: the pad must not be empty');
  const missing = Math.max(0, length - bytes.length);
  const left = side === 'left' ? missing : side === 'both' ? Math.floor(missing / 2) : 0;
  return textOrBytes(Buffer.concat([filled(filling, left), bytes, filled(filling, missing - left)]));
}

/** Makes the letters A to Z small, and no others, as strtolower of PHP 8.2 does (before it depended on the locale). */
export function strtolower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Makes the letters a to z large, and no others, as strtoupper of PHP 8.2 does (before it depended on the locale). */
export function strtoupper(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** Makes the first letter large if it is one of a to z, as ucfirst of PHP 8.2 does. */
export function ucfirst(text: string): string {
  return strtoupper(text.slice(0, 1)) + text.slice(1);
}

/** Makes the first letter small if it is one of A to Z, as lcfirst of PHP 8.2 does. */
export function lcfirst(text: string): string {
  return strtolower(text.slice(0, 1)) + text.slice(1);
}

/** Makes letters a to z large after white space and at the beginning, as ucwords of PHP 8.2 does with its default delimiters. */
export function ucwords(text: string): string {
  return text.replace(
    /(^|[ \t\r\n\f\v])([a-z])/g,
    (_, before: string, letter: string) => before + strtoupper(letter),
  );
}

function filled(pad: Buffer, length: number): Buffer {
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, pad);
}
