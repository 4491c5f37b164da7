// Builds query strings as PHP's http_build_query does. Source: php-src ext/standard/http.c.

import type { Encodable } from '../json/encode.ts';
import { phpFloatToString } from '../text/float.ts';
import { PhpObject } from '../value.ts';
import { urlencode } from './url.ts';

/** Builds a query string: arrays as `a%5B0%5D`, true and false as 1 and 0, null and undefined left out. */
export function httpBuildQuery(data: Encodable): string {
  const pairs: string[] = [];
  addMembers(pairs, data, '');
  return pairs.join('&');
}

function addMembers(pairs: string[], data: Encodable, prefix: string): void {
  for (const [name, value] of membersOf(data)) {
    const encoded = urlencode(name);
    add(pairs, value, prefix === '' ? encoded : `${prefix}%5B${encoded}%5D`);
  }
}

function add(pairs: string[], value: Encodable | undefined, name: string): void {
  if (value === null || value === undefined) return;
  if (typeof value === 'object' && !(value instanceof Uint8Array)) addMembers(pairs, value, name);
  else pairs.push(`${name}=${urlencode(scalarText(value))}`);
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
