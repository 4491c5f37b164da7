// A query string or urlencoded body that meets all of several conditions.
import { takenByAll, takes } from './parameter-types.ts';
import type { FieldPath, ParameterPart, QueryCondition } from './route.ts';

/** What one field has to be. */
type Wanted = { readonly name: FieldPath; value: string | undefined; readonly parameters: ParameterPart[] };

/**
 * Builds the shortest query that may meet all conditions; undefined where one value cannot be found. That
 * nothing is there which must be absent is for the caller to see.
 */
export function sharedFields(conditions: readonly QueryCondition[]): string | undefined {
  const wanted = new Map<string, Wanted>();
  for (const condition of conditions) {
    if (condition.kind === 'absent' || condition.kind === 'present') continue;
    const field = wantedOf(wanted, condition.name);
    if (condition.kind === 'captures') field.parameters.push(condition.parameter);
    else if (field.value !== undefined && field.value !== condition.value) return undefined;
    else field.value = condition.value;
  }
  const longestFirst = conditions.toSorted((one, other) => other.name.length - one.name.length);
  for (const { kind, name } of longestFirst) {
    const isThere = [...wanted.values()].some((field) => name.every((part, at) => field.name[at] === part));
    if (kind === 'present' && !isThere) wantedOf(wanted, name).value = '1';
  }
  return spell([...wanted.values()]);
}

function wantedOf(wanted: Map<string, Wanted>, name: FieldPath): Wanted {
  const key = JSON.stringify(name);
  const existing = wanted.get(key);
  if (existing) return existing;
  const field = { name, value: undefined, parameters: [] };
  wanted.set(key, field);
  return field;
}

function spell(fields: readonly Wanted[]): string | undefined {
  const pairs: string[] = [];
  for (const { name, value, parameters } of fields) {
    const found = value === undefined ? takenByAll(parameters) : value;
    if (found === undefined || !parameters.every((part) => takes(part, found))) return undefined;
    const [top = '', ...indexes] = name.map(encoded);
    pairs.push(`${top}${indexes.map((index) => `[${index}]`).join('')}=${encoded(found)}`);
  }
  return pairs.join('&');
}

/** Half a surrogate pair, which YAML can hold and UTF-8 cannot, becomes U+FFFD. */
function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
}
