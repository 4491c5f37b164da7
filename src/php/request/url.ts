// PHP's percent-encoding. Source: php-src ext/standard/url.c.
import { bytesOf, textOrBytes } from '../value.ts';

/** Encodes as urlencode of all versions does: space to `+`; all but letters, digits and `-_.` to `%XX`. */
export function urlencode(text: string | Uint8Array): string {
  return encode(text, /[^A-Za-z0-9_.-]/g).replaceAll('%20', '+');
}

/** Encodes as rawurlencode of PHP 5.3 and later does (RFC 3986): space to `%20`, `~` kept. */
export function rawurlencode(text: string | Uint8Array): string {
  return encode(text, /[^A-Za-z0-9_.~-]/g);
}

/** Decodes `%XX` in text that holds one byte per character; a `%` without two hex digits stays. Gives bytes likewise. */
export function rawurldecode(latin1: string): string {
  return latin1.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Decodes as `rawurldecode` and turns `+` into space. */
export function urldecode(latin1: string): string {
  return rawurldecode(latin1.replaceAll('+', ' '));
}

/** Decodes a text as `rawurldecode` of PHP does; gives bytes where the result is not UTF-8. */
export function rawurldecodeText(text: string | Uint8Array): string | Uint8Array {
  return decodeText(text, rawurldecode);
}

/** Decodes a text as `urldecode` of PHP does; gives bytes where the result is not UTF-8. */
export function urldecodeText(text: string | Uint8Array): string | Uint8Array {
  return decodeText(text, urldecode);
}

function decodeText(text: string | Uint8Array, decode: (latin1: string) => string): string | Uint8Array {
  return textOrBytes(Buffer.from(decode(bytesOf(text).toString('latin1')), 'latin1'));
}

function encode(text: string | Uint8Array, special: RegExp): string {
  return bytesOf(text).toString('latin1').replace(special, percent);
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
