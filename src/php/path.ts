// Ways into a PHP value: one element by its path, or the whole as plain JavaScript data.
import { arrayKey, bareName, isList, type PhpArray, PhpObject, type PhpValue } from './value.ts';

/** What `toPlain` gives: objects have no prototype. */
export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PlainValue[]
  | { [name: string]: PlainValue };

/** Names and values of a query string, form or cookies, as `$_GET`, `$_POST` and `$_COOKIE` hold them: no prototype. */
export type PlainFields = { readonly [name: string]: PlainValue | undefined };

/** Turns the variables of a request into plain fields; integer-like names come first. */
export function plainFields(variables: PhpArray): PlainFields {
  const fields: Record<string, PlainValue> = Object.create(null);
  for (const [name, value] of variables) fields[name] = toPlain(value);
  return fields;
}

/**
 * Finds the value at a path such as `user.name` or `['user', 'e.mail']` in arrays and objects, private and protected
 * properties included; undefined if any step is missing.
 */
export function getPath(value: PhpValue, path: string | readonly string[]): PhpValue | undefined {
  let current: PhpValue | undefined = value;
  for (const segment of typeof path === 'string' ? path.split('.') : path) {
    current = current === undefined ? undefined : child(current, segment);
  }
  return current;
}

function child(value: PhpValue, name: string): PhpValue | undefined {
  if (value instanceof Map) return value.get(arrayKey(name));
  return value instanceof PhpObject ? property(value, name) : undefined;
}

function property(object: PhpObject, name: string): PhpValue | undefined {
  const known = [name, arrayKey(name), `\0*\0${name}`, `\0${object.className}\0${name}`];
  for (const key of known) {
    const value = object.properties.get(key);
    if (value !== undefined) return value;
  }
  const inherited = [...object.properties.keys()].find((key) => bareName(String(key)) === name);
  return inherited === undefined ? undefined : object.properties.get(inherited);
}

/**
 * Turns a PHP value into plain data: lists into arrays, other arrays and objects into objects without a prototype (integer-like
 * names then come first, as always in JavaScript), enums into the name of their case. Shared and circular parts stay so.
 */
export function toPlain(value: PhpValue): PlainValue {
  return plain(value, new Map());
}

function plain(value: PhpValue, seen: Map<PhpValue, PlainValue>): PlainValue {
  if (!(value instanceof Map) && !(value instanceof PhpObject)) return value;
  const before = seen.get(value);
  if (before !== undefined) return before;
  if (value instanceof Map && isList(value)) return plainList(value, seen);
  return value instanceof Map ? plainNames(value, value, seen) : plainObject(value, seen);
}

function plainObject(object: PhpObject, seen: Map<PhpValue, PlainValue>): PlainValue {
  return object.enumCase ?? object.payload ?? plainNames(object, object.properties, seen);
}

function plainList(list: Map<string | number, PhpValue>, seen: Map<PhpValue, PlainValue>): PlainValue[] {
  const result: PlainValue[] = [];
  seen.set(list, result);
  for (const element of list.values()) result.push(plain(element, seen));
  return result;
}

function plainNames(
  source: PhpValue,
  entries: Map<string | number, PhpValue>,
  seen: Map<PhpValue, PlainValue>,
): { [name: string]: PlainValue } {
  const result: { [name: string]: PlainValue } = Object.create(null);
  seen.set(source, result);
  for (const [key, element] of entries) {
    const name = source instanceof PhpObject ? bareName(String(key)) : String(key);
    if (!(name in result) || name === key) result[name] = plain(element, seen);
  }
  return result;
}
