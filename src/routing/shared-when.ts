// Header fields and cookies that meet all of several `when` conditions.
import type { WhenCondition } from './route.ts';

/** Header fields by name, in lower case, and cookies by name. */
export type Conveyed = {
  readonly headers: ReadonlyMap<string, string>;
  readonly cookies: ReadonlyMap<string, string>;
};

/** Finds values that may meet all conditions; that they do, and that nothing is absent, is for the caller to see. */
export function sharedWhen(conditions: readonly WhenCondition[]): Conveyed {
  const headers = new Map<string, string>();
  const cookies = new Map<string, string>();
  for (const { source, name, test } of conditions) {
    const values = source === 'header' ? headers : cookies;
    if (test.kind === 'absent' || values.has(name)) continue;
    values.set(name, valueFor(conditions.filter((one) => one.source === source && one.name === name)));
  }
  return { headers, cookies };
}

function valueFor(conditions: readonly WhenCondition[]): string {
  const contained: string[] = [];
  for (const { test } of conditions) {
    if (test.kind === 'equals') return test.value;
    if (test.kind === 'contains') contained.push(test.text);
  }
  return contained.length === 0 ? '1' : contained.join(' ');
}
