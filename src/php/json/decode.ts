// Reads JSON as PHP does: integers stay exact, members keep their order, names like "10" included.
import { utf8Text } from '../text/utf8.ts';
import { arrayKey, type PhpArray, PhpObject, type PhpValue } from '../value.ts';

const MAX_DEPTH = 512;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Longer integers are beyond 64 bits, and exact ones of millions of digits would take seconds. */
const LONGEST_INTEGER = 20;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const WORDS = new Map<string, PhpValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** How to read JSON: json_decode's `$associative` and JSON_BIGINT_AS_STRING. */
export interface JsonDecodeOptions {
  /** Arrays in the place of objects. */
  readonly assoc?: boolean;
  /** Integers beyond 64 bits as text, where PHP would make floats of them. */
  readonly bigintAsString?: boolean;
}

/**
 * Reads a JSON text as json_decode of PHP 7.1 to 8.4 does; objects become `stdClass`. Undefined if it is not JSON, is not UTF-8 or is
 * nested deeper than 512. Source: php-src ext/json/json_scanner.re, json_parser.y.
 */
export function jsonDecode(
  input: string | Uint8Array,
  options: JsonDecodeOptions = {},
): PhpValue | undefined {
  const text = utf8Text(input);
  if (text === undefined) return undefined;
  const cursor: Cursor = { text, at: 0, depth: 0, options };
  const value = readValue(cursor);
  skipSpace(cursor);
  return cursor.at === text.length ? value : undefined;
}

interface Cursor {
  readonly text: string;
  at: number;
  depth: number;
  readonly options: JsonDecodeOptions;
}

function readValue(cursor: Cursor): PhpValue | undefined {
  skipSpace(cursor);
  const first = cursor.text[cursor.at];
  if (first === '"') return readString(cursor);
  if (first === '[' || first === '{') return readContainer(cursor, first);
  return first === '-' || (first !== undefined && first >= '0' && first <= '9')
    ? readNumber(cursor)
    : readWord(cursor);
}

function readContainer(cursor: Cursor, open: '[' | '{'): PhpValue | undefined {
  if (++cursor.depth > MAX_DEPTH) return undefined;
  cursor.at++;
  const container = open === '[' ? readElements(cursor) : readMembers(cursor);
  cursor.depth--;
  return container;
}

function readElements(cursor: Cursor): PhpValue | undefined {
  const elements = new Map<number, PhpValue>();
  if (accept(cursor, ']')) return elements;
  do {
    const element = readValue(cursor);
    if (element === undefined) return undefined;
    elements.set(elements.size, element);
  } while (accept(cursor, ','));
  return accept(cursor, ']') ? elements : undefined;
}

function readMembers(cursor: Cursor): PhpValue | undefined {
  const members: PhpArray = new Map();
  const isArray = cursor.options.assoc === true;
  const container = isArray ? members : new PhpObject('stdClass', { properties: members });
  if (accept(cursor, '}')) return container;
  do {
    skipSpace(cursor);
    const name = readString(cursor);
    // PHP refuses such a name as well: it would pass for a private property.
    if (!isArray && name?.startsWith('\0')) return undefined;
    const value = name !== undefined && accept(cursor, ':') ? readValue(cursor) : undefined;
    if (name === undefined || value === undefined) return undefined;
    members.set(arrayKey(name), value);
  } while (accept(cursor, ','));
  return accept(cursor, '}') ? container : undefined;
}

function readString(cursor: Cursor): string | undefined {
  const { text, at: start } = cursor;
  if (text.charCodeAt(start) !== QUOTE) return undefined;
  const end = plainEnd(text, start + 1);
  if (text.charCodeAt(end) !== QUOTE) return readEscaped(cursor, end);
  cursor.at = end + 1;
  return text.slice(start + 1, end);
}

/** Finds the first character that ends a string or is not itself in one. */
function plainEnd(text: string, from: number): number {
  let at = from;
  for (let unit = text.charCodeAt(at); unit >= SPACE && unit !== QUOTE && unit !== BACKSLASH; )
    unit = text.charCodeAt(++at);
  return at;
}

/** By hand up to the end: a pattern's stack does not hold millions of escapes. */
function readEscaped(cursor: Cursor, from: number): string | undefined {
  const { text, at: start } = cursor;
  let end = from;
  while (text.charCodeAt(end) === BACKSLASH) end = plainEnd(text, end + 2);
  if (text.charCodeAt(end) !== QUOTE) return undefined;
  cursor.at = end + 1;
  try {
    const value: unknown = JSON.parse(text.slice(start, end + 1));
    // Half a pair of surrogates is no text to PHP.
    return typeof value === 'string' ? utf8Text(value) : undefined;
  } catch {
    return undefined;
  }
}

function readNumber(cursor: Cursor): PhpValue | undefined {
  const token = skip(cursor, NUMBER);
  if (token === undefined) return undefined;
  const number = Number(token);
  if (/[.eE]/.test(token) || Number.isSafeInteger(number)) return number;
  const exact = token.length > LONGEST_INTEGER ? undefined : BigInt(token);
  if (exact !== undefined && BigInt.asIntN(64, exact) === exact) return exact;
  return cursor.options.bigintAsString ? token : number;
}

function readWord(cursor: Cursor): PhpValue | undefined {
  const word = skip(cursor, /[a-zA-Z]+/y);
  return word === undefined ? undefined : WORDS.get(word);
}

function skipSpace(cursor: Cursor): void {
  for (
    let unit = cursor.text.charCodeAt(cursor.at);
    unit <= SPACE;
    unit = cursor.text.charCodeAt(cursor.at)
  ) {
    if (unit !== SPACE && unit !== TAB && unit !== LINE_FEED && unit !== RETURN) return;
    cursor.at++;
  }
}

function accept(cursor: Cursor, char: string): boolean {
  skipSpace(cursor);
  if (cursor.text[cursor.at] !== char) return false;
  cursor.at++;
  return true;
}

/** Steps over what the pattern matches here and gives it; undefined if it does not match. */
function skip(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.text)?.[0];
  if (match !== undefined) cursor.at += match.length;
  return match;
}
