// Reads query strings, urlencoded bodies and Cookie headers into PHP's $_GET, $_POST and $_COOKIE.
// Source: php-src main/php_variables.c (php_default_treat_data, php_register_variable_ex), 8.2.

import { arrayKey, nameOf, type PhpArray, type PhpKey, type PhpValue, textOrBytes } from '../value.ts';
import { rawurldecode, urldecode } from './url.ts';

const MAX_VARIABLES = 1000;
const MAX_NESTING = 64;

/** Reads a query string (without `?`; one byte per character, as Node gives it, or bytes) as PHP reads it into $_GET. */
export function parsePhpQuery(query: string | Uint8Array, maxVariables = MAX_VARIABLES): PhpArray {
  if (typeof query === 'string' && query.length < maxVariables && PLAIN.test(query)) return plainQuery(query);
  const variables = new Variables(false);
  const pairs = toLatin1(query)
    .split('&')
    .filter((pair) => pair !== '');
  for (const pair of pairs.slice(0, maxVariables)) {
    const [name, value] = splitPair(pair);
    variables.add(urldecode(name), urldecode(value));
  }
  return variables.values;
}

/** Most queries: nothing in them is decoded, changed in a name, or an array. */
const PLAIN = /^[A-Za-z0-9_=&-]*$/;

/** Reads a query that is PLAIN and too short to have too many variables. */
function plainQuery(query: string): PhpArray {
  const values: PhpArray = new Map();
  for (const pair of query.split('&')) {
    const [name, value] = splitPair(pair);
    if (name !== '') values.set(arrayKey(name), value);
  }
  return values;
}

/** Reads an `application/x-www-form-urlencoded` body as PHP reads it into $_POST. */
export function parsePhpBody(body: string | Uint8Array): PhpArray {
  // PHP counts after it has added a variable here, so that one more gets through.
  return parsePhpQuery(body, MAX_VARIABLES + 1);
}

/**
 * Collects variables that came in parts, such as a multipart form's, as PHP does: names are taken apart,
 * the last of two equal names stays. Names and values have one byte per character.
 */
export function collectPhpVariables(pairs: Iterable<readonly [name: string, value: string]>): PhpArray {
  const variables = new Variables(false);
  for (const [name, value] of pairs) variables.add(name, value);
  return variables.values;
}

/** Reads a Cookie header as PHP reads it into $_COOKIE: names are not decoded, and the first of two equal names stays. */
export function parsePhpCookies(header: string | Uint8Array, maxVariables = MAX_VARIABLES): PhpArray {
  const variables = new Variables(true);
  const pairs = toLatin1(header)
    .split(';')
    .filter((pair) => pair !== '');
  const named = pairs.map((pair) => pair.replace(/^[ \t\n\v\f\r]+/, '')).filter((pair) => /^[^=]/.test(pair));
  for (const pair of named.slice(0, maxVariables)) {
    const [name, value] = splitPair(pair);
    variables.add(name, rawurldecode(value));
  }
  return variables.values;
}

function toLatin1(text: string | Uint8Array): string {
  return typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** What a name such as `a.b[c][]` means: the top name, then the indexes; undefined stands for `[]`. */
interface Name {
  readonly original: string;
  readonly top: string;
  readonly indexes: readonly (string | undefined)[];
}

/** A set of variables being filled, with the next free index of every array in it. */
class Variables {
  readonly values: PhpArray = new Map();
  readonly #firstWins: boolean;
  readonly #nextIndex = new Map<PhpArray, bigint>();

  constructor(firstWins: boolean) {
    this.#firstWins = firstWins;
  }

  add(rawName: string, rawValue: string): void {
    const name = parseName(rawName);
    if (name === undefined) return;
    if (name.indexes.length > MAX_NESTING) this.values.delete(keyOf(name.top));
    else this.#store(name, textOrBytes(Buffer.from(rawValue, 'latin1')));
  }

  #store({ original, top, indexes }: Name, value: PhpValue): void {
    const path = [top, ...indexes];
    // PHP notices a forged index only when it gets there, with the arrays around it already made.
    const forged = path.findIndex((index) => index !== undefined && isForged(index, original));
    const leaf = forged < 0 ? path.length - 1 : forged;
    let array: PhpArray | undefined = this.values;
    for (const index of path.slice(0, leaf)) array &&= this.#descend(array, index);
    const key = array && this.#key(array, path[leaf]);
    if (array === undefined || key === undefined || forged >= 0) return;
    if (this.#firstWins && array === this.values && array.has(key)) return;
    this.#set(array, key, value);
  }

  #descend(array: PhpArray, index: string | undefined): PhpArray | undefined {
    const key = this.#key(array, index);
    if (key === undefined) return undefined;
    const present = array.get(key);
    if (present instanceof Map) return present;
    const created: PhpArray = new Map();
    this.#set(array, key, created);
    return created;
  }

  #key(array: PhpArray, index: string | undefined): PhpKey | undefined {
    if (index !== undefined) return keyOf(index);
    const next = this.#nextIndex.get(array) ?? 0n;
    return next > 0x7fff_ffff_ffff_ffffn ? undefined : arrayKey(String(next));
  }

  #set(array: PhpArray, key: PhpKey, value: PhpValue): void {
    array.set(key, value);
    const index = integerOf(key);
    if (index !== undefined && index >= (this.#nextIndex.get(array) ?? 0n))
      this.#nextIndex.set(array, index + 1n);
  }
}

function keyOf(latin1: string): PhpKey {
  return arrayKey(nameOf(Buffer.from(latin1, 'latin1')));
}

/** Gives the integer that PHP would use for a key, also where it is kept as text because it is beyond 2^53. */
function integerOf(key: PhpKey): bigint | undefined {
  if (typeof key === 'number') return BigInt(key);
  if (!/^[1-9][0-9]{15,18}$/.test(key)) return undefined;
  const index = BigInt(key);
  return index <= 0x7fff_ffff_ffff_ffffn ? index : undefined;
}

/** Takes a decoded name apart; undefined if PHP drops the variable. */
function parseName(raw: string): Name | undefined {
  const name = (raw.split('\0', 1)[0] ?? '').replace(/^ +/, '');
  const bracket = name.indexOf('[');
  const top = (bracket < 0 ? name : name.slice(0, bracket)).replace(/[ .]/g, '_');
  if (top === '' || isForged(top, name)) return undefined;
  if (bracket < 0) return { original: name, top, indexes: [] };
  return parseIndexes(name, top, bracket);
}

/** States that mangling made a name look like one browsers protect (CVE-2022-31629, CVE-2024-2756). */
function isForged(mangled: string, original: string): boolean {
  return ['__Host-', '__Secure-'].some(
    (prefix) => mangled.startsWith(prefix) && !original.startsWith(prefix),
  );
}

function parseIndexes(name: string, top: string, bracket: number): Name {
  const indexes: (string | undefined)[] = [];
  let at = bracket;
  while (name[at] === '[' && indexes.length <= MAX_NESTING) {
    const isAppend = /^\[[ \t\n\v\f\r]?\]/.exec(name.slice(at, at + 3));
    const end = name.indexOf(']', at + 1);
    if (end < 0 && indexes.length > 0) break;
    // Without a closing bracket this is no index, and the bracket is one more character PHP cannot have in a name.
    if (end < 0)
      return { original: name, top: `${top}_${name.slice(at + 1).replace(/[ .[]/g, '_')}`, indexes: [] };
    indexes.push(isAppend ? undefined : name.slice(at + 1, end));
    at = end + 1;
  }
  return { original: name, top, indexes };
}
