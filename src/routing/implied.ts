// Which conditions of one pattern hold whenever another's do.
import type { Entry } from './entry.ts';
import { takes, takesAllOf } from './parameter-types.ts';
import type { FieldPath, QueryCondition, WhenCondition } from './route.ts';

/** A condition that may fail; `opposite` is the key of the condition that holds exactly when it does not. */
export type Missing = { readonly key: string; readonly opposite: string | undefined };

/** Lists the conditions of `wide` that may fail where all of `narrow` hold. */
export function missingConditions(wide: Entry, narrow: Entry): readonly Missing[] {
  return [
    ...wide.pattern.conditions
      .filter((one) => !narrow.pattern.conditions.some((other) => implies(other, one)))
      .map((one) => missing(`query ${JSON.stringify(one.name)}`, one.kind)),
    ...wide.route.body
      .filter(
        (one) =>
          !narrow.route.body.some((other) => other.value === one.value && isSame(other.name, one.name)),
      )
      .map((one) => missing(`body ${JSON.stringify(one.name)}`, 'equals')),
    ...wide.route.when
      .filter((one) => !narrow.route.when.some((other) => impliesWhen(other, one)))
      .map((one) => missing(`${one.source} ${one.name}`, one.test.kind)),
  ];
}

function missing(field: string, kind: string): Missing {
  const opposites: Readonly<Record<string, string>> = { present: 'absent', absent: 'present' };
  const opposite = opposites[kind];
  return { key: `${field} ${kind}`, opposite: opposite && `${field} ${opposite}` };
}

/** States that one condition on the query holds only where another does. */
function implies(one: QueryCondition, other: QueryCondition): boolean {
  switch (other.kind) {
    case 'equals':
      return one.kind === 'equals' && one.value === other.value && isSame(one.name, other.name);
    case 'captures':
      if (!isSame(one.name, other.name)) return false;
      if (one.kind === 'equals') return takes(other.parameter, one.value);
      return one.kind === 'captures' && takesAllOf(other.parameter, one.parameter);
    case 'present':
      return one.kind !== 'absent' && isWithin(one.name, other.name);
    case 'absent':
      return one.kind === 'absent' && isWithin(other.name, one.name);
  }
}

function impliesWhen(one: WhenCondition, other: WhenCondition): boolean {
  if (one.source !== other.source || one.name !== other.name) return false;
  const [held, asked] = [one.test, other.test];
  switch (asked.kind) {
    case 'absent':
      return held.kind === 'absent';
    case 'present':
      return held.kind !== 'absent';
    case 'equals':
      return held.kind === 'equals' && held.value === asked.value;
    case 'contains':
      if (held.kind === 'equals') return held.value.includes(asked.text);
      return held.kind === 'contains' && held.text.includes(asked.text);
  }
}

function isSame(one: FieldPath, other: FieldPath): boolean {
  return one.length === other.length && isWithin(one, other);
}

/** States that a field is another, or an element of it. */
function isWithin(inner: FieldPath, outer: FieldPath): boolean {
  return outer.every((part, index) => inner[index] === part);
}
