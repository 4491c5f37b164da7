// htmlspecialchars, its inverse and nl2br. Source: php-src ext/standard/html.c, string.c.
import { HTML4_ENTITIES } from './html-entities.ts';
import {
  ENT_COMPAT,
  ENT_HTML5,
  ENT_HTML401,
  ENT_IGNORE,
  ENT_QUOTES,
  ENT_SUBSTITUTE,
  ENT_XML1,
} from './html-flags.ts';
import { replaceInvalidUtf8, utf8Text } from './utf8.ts';

/** How to escape, or to undo it. */
export interface HtmlOptions {
  /** `ENT_...`, joined by `|`; what that PHP has by default otherwise. */
  readonly flags?: number;
  /** The PHP whose defaults are meant: before 8.1 they are ENT_COMPAT (`'` stays, and text that is not UTF-8 becomes empty). */
  readonly version?: number;
}

/** ENT_QUOTES is two flags: for `"` and for `'`. */
const DOUBLE = ENT_COMPAT;
const SINGLE = ENT_QUOTES & ~ENT_COMPAT;
const DOCTYPE = ENT_HTML5;
const XML_NAMES: ReadonlySet<string> = new Set(['amp', 'lt', 'gt', 'quot', 'apos']);
const SPECIAL_NAMES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
const ENTITY = /&(?:#(?:([0-9]+)|[xX](?:0[xX])?([0-9A-Fa-f]+));|([A-Za-z0-9]+);)/g;
const AMPERSAND = new RegExp(`${ENTITY.source}|&`, 'g');

/**
 * Escapes text for HTML and attribute values as PHP 8.1 and later do, or as `version` and `flags` say. Bytes that are not UTF-8 become
 * U+FFFD (ENT_SUBSTITUTE). `doubleEncode: false` keeps entities, but throws a RangeError with ENT_HTML5,
 * whose two thousand names are not known here.
 */
export function htmlspecialchars(
  text: string | Uint8Array,
  options: HtmlOptions & { doubleEncode?: boolean } = {},
): string {
  const flags = flagsOf(options);
  if (options.doubleEncode === false && (flags & DOCTYPE) === ENT_HTML5)
    throw new RangeError(
      'htmlspecialchars: the names of HTML 5 are not known here, so that doubleEncode must be true',
    );
  const valid = validText(text, flags);
  const escaped =
    options.doubleEncode === false ? escapeNewAmpersands(valid, flags) : valid.replaceAll('&', '&amp;');
  return escaped.replace(/[<>"']/g, (char) => escapeChar(char, flags));
}

/**
 * Undoes htmlspecialchars as PHP 8.1 and later do, or as `version` and `flags` say: only `&`, `<`, `>` and the quotes come back, in
 * whatever way they are written.
 */
export function htmlspecialcharsDecode(text: string, options: HtmlOptions = {}): string {
  const flags = flagsOf(options);
  return text.replace(ENTITY, (match, decimal?: string, hex?: string, name?: string) => {
    const char =
      name === undefined ? charOf(codeOf(decimal, hex)) : isKnownName(name, flags) && SPECIAL_NAMES.get(name);
    const isKept = (char === '"' && !(flags & DOUBLE)) || (char === "'" && !(flags & SINGLE));
    return char && !isKept ? char : match;
  });
}

/** Puts `<br />` before every line break, which stays; all versions. */
export function nl2br(html: string): string {
  return html.replace(/\r\n|\n\r|\r|\n/g, (lineBreak) => `<br />${lineBreak}`);
}

function flagsOf({ flags, version = 8.2 }: HtmlOptions): number {
  return flags ?? (version < 8.1 ? ENT_COMPAT : ENT_QUOTES | ENT_SUBSTITUTE);
}

/** Without a flag for it, a text that is not UTF-8 has no escaped form: PHP gives the empty one. */
function validText(text: string | Uint8Array, flags: number): string {
  const valid = utf8Text(text);
  if (valid !== undefined) return valid;
  if (flags & ENT_IGNORE) return replaceInvalidUtf8(text, '');
  return flags & ENT_SUBSTITUTE ? replaceInvalidUtf8(text, '\ufffd') : '';
}

function escapeChar(char: string, flags: number): string {
  switch (char) {
    case '<':
      return '&lt;';
    case '>':
      return '&gt;';
    case '"':
      return flags & DOUBLE ? '&quot;' : char;
    default:
      if (!(flags & SINGLE)) return char;
      return (flags & DOCTYPE) === ENT_HTML401 ? '&#039;' : '&apos;';
  }
}

function escapeNewAmpersands(text: string, flags: number): string {
  return text.replace(AMPERSAND, (match, decimal?: string, hex?: string, name?: string) => {
    const isEntity = name === undefined ? codeOf(decimal, hex) <= 0x10ffff : isKnownName(name, flags);
    return isEntity ? match : `&amp;${match.slice(1)}`;
  });
}

function codeOf(decimal: string | undefined, hex: string | undefined): number {
  if (decimal !== undefined) return Number(decimal);
  return hex === undefined ? Number.NaN : Number.parseInt(hex, 16);
}

/** Gives the character if it is one of those that htmlspecialchars escapes. */
function charOf(code: number): string | undefined {
  return code <= 0x3e && `&<>"'`.includes(String.fromCharCode(code)) ? String.fromCharCode(code) : undefined;
}

function isKnownName(name: string, flags: number): boolean {
  switch (flags & DOCTYPE) {
    case ENT_XML1:
      return XML_NAMES.has(name);
    case ENT_HTML401:
      return HTML4_ENTITIES.has(name);
    default:
      return HTML4_ENTITIES.has(name) || name === 'apos';
  }
}
