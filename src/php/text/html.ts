// htmlspecialchars and nl2br, as PHP 8.1 and later do them by default (ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML401, UTF-8).
// Source: php-src ext/standard/html.c.
import { isUtf8 } from 'node:buffer';
import { bytesOf } from '../value.ts';
import { HTML4_ENTITIES } from './html-entities.ts';

const REPLACEMENTS = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#039;'],
]);
const AMPERSAND = /&(?:#(?:([0-9]+)|[xX](?:0[xX])?([0-9A-Fa-f]+));|([A-Za-z0-9]+);)?/g;

/** Escapes text for HTML and attribute values. Bytes that are not UTF-8 become U+FFFD. `doubleEncode: false` keeps entities. */
export function htmlspecialchars(
  text: string | Uint8Array,
  options: { doubleEncode?: boolean } = {},
): string {
  const valid =
    typeof text === 'string' && !/[\udc80-\udcff]/.test(text) ? text : substituteInvalid(bytesOf(text));
  const escaped =
    options.doubleEncode === false ? escapeNewAmpersands(valid) : valid.replaceAll('&', '&amp;');
  return escaped.replace(/[<>"']/g, replacement);
}

/** Puts `<br />` before every line break, which stays. */
export function nl2br(html: string): string {
  return html.replace(/\r\n|\n\r|\r|\n/g, (lineBreak) => `<br />${lineBreak}`);
}

function replacement(char: string): string {
  return REPLACEMENTS.get(char) ?? char;
}

function escapeNewAmpersands(text: string): string {
  return text.replace(AMPERSAND, (match, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined && HTML4_ENTITIES.has(name)) return match;
    const code =
      decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : Number.NaN;
    return code <= 0x10ffff ? match : `&amp;${match.slice(1)}`;
  });
}

/** Decodes UTF-8 with PHP's own count of replacement characters, which is not the one browsers and Node use. */
function substituteInvalid(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let result = '';
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    const bad = badLength(bytes, at, length);
    if (bad > 0) {
      result += `${bytes.toString('utf8', start, at)}\ufffd`;
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
