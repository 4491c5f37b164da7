// Values that are the same after JSON as before it, and a clear word about all others.

/** Beyond this many values, or so deep, something goes round in a circle. */
const MAX_VALUES = 1_000_000;
const MAX_DEPTH = 500;

/**
 * Writes a value as JSON. Throws a TypeError with the place (`$.items[3].price`) of what would not come back as it is: undefined,
 * bigint, NaN, Date, Map, Buffer, functions, objects of classes.
 */
export function jsonText(value: unknown): string {
  let count = 0;
  const check = (at: string, part: unknown, depth: number): void => {
    if (++count > MAX_VALUES || depth > MAX_DEPTH) throw new TypeError(`${at} is too large or circular`);
    const problem = problemOf(part);
    if (problem !== undefined) throw new TypeError(`${at} is ${problem}`);
    if (typeof part !== 'object' || part === null) return;
    for (const [name, inner] of Array.isArray(part) ? part.entries() : Object.entries(part))
      check(typeof name === 'number' ? `${at}[${name}]` : `${at}.${name}`, inner, depth + 1);
  };
  check('$', value, 0);
  return JSON.stringify(value);
}

/** Names what JSON cannot hold; undefined for what it can. */
function problemOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${value}, which JSON does not have`;
    case 'object':
      return value === null || Array.isArray(value) ? undefined : problemOfObject(value);
    case 'undefined':
      return 'undefined: write null';
    default:
      return `a ${typeof value}: write a number or a string`;
  }
}

function problemOfObject(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if ('toJSON' in value || (prototype !== Object.prototype && prototype !== null))
    return `a ${value.constructor?.name || 'object of a class'}: write strings, numbers, arrays and plain objects`;
  return undefined;
}
