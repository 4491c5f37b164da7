// Builds query strings as PHP's http_build_query does. Source: php-src ext/standard/http.c.

import type { Encodable } from '../json/encode.ts';
import { phpFloatToString } from '../text/float.ts';
import { arrayKey, PhpFloat, PhpObject } from '../value.ts';
import { rawurlencode, urlencode } from './url.ts';

/** http_build_query's further arguments. */
export interface QueryOptions {
  /** Put before names that are integers, at the top; as it is, not encoded. */
  readonly numericPrefix?: string;
  /** `&` by default, as `arg_separator.output`. */
  readonly separator?: string;
  /** PHP_QUERY_RFC1738 (a space is `+`), the default, or PHP_QUERY_RFC3986 (`%20`). */
  readonly encoding?: 'rfc1738' | 'rfc3986';
}

/**
 * Builds a query string as PHP 5.4 to 8.4 do: arrays as `a%5B0%5D`, true and false as 1 and 0, null and undefined left out. Floats are
 * written with `precision` 14.
 */
export function httpBuildQuery(data: Encodable, options: QueryOptions = {}): string {
  const encode = options.encoding === 'rfc3986' ? rawurlencode : urlencode;
  const query: Query = { pairs: [], encode };
  for (const [name, value] of membersOf(data)) {
    const prefix = typeof arrayKey(name) === 'number' ? (options.numericPrefix ?? '') : '';
    add(query, value, prefix + encode(name));
  }
  return query.pairs.join(options.separator ?? '&');
}

interface Query {
  readonly pairs: string[];
  readonly encode: typeof urlencode;
}

function add(query: Query, value: Encodable | undefined, name: string): void {
  if (value === null || value === undefined) return;
  if (value instanceof PhpFloat) query.pairs.push(`${name}=${query.encode(phpFloatToString(value.value))}`);
  else if (typeof value !== 'object' || value instanceof Uint8Array)
    query.pairs.push(`${name}=${query.encode(scalarText(value))}`);
  else
    for (const [member, inner] of membersOf(value)) add(query, inner, `${name}%5B${query.encode(member)}%5D`);
}

function scalarText(value: boolean | number | bigint | string | Uint8Array): string | Uint8Array {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : phpFloatToString(value);
  return typeof value === 'bigint' ? String(value) : value;
}

function membersOf(data: Encodable): [string, Encodable | undefined][] {
  if (data instanceof PhpObject) return membersOf(data.properties).filter(([name]) => !name.startsWith('\0'));
  if (data instanceof Map) return [...data].map(([name, value]) => [String(name), value]);
  return typeof data === 'object' && data !== null ? Object.entries(data) : [];
}
