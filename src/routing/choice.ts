// The patterns that end at one place of the path, found by method and by what their conditions equal.
import type { Entry, Equal } from './entry.ts';
import type { Fields } from './fields.ts';
import { listFor } from './grouped.ts';

/** So few patterns are asked one after the other. */
const FEW = 4;

/** Finds the most specific of some patterns whose conditions hold. */
export type Choice = {
  /** All of them, the most specific first. */
  readonly entries: readonly Entry[];
  /** Where they are many: the field whose value tells most of them apart. */
  readonly split: Split | undefined;
};

type Split = {
  readonly field: Pick<Equal, 'source' | 'keys'>;
  readonly byValue: ReadonlyMap<string, Choice>;
  /** Those that do not ask for a value of this field. */
  readonly others: Choice;
};

/** The patterns of one place, by the methods they name; `any` holds those for any. */
export type Choices = {
  readonly named: readonly { readonly method: string; readonly choice: Choice }[];
  readonly any: Choice | undefined;
};

/** So many patterns of one place are looked at between two pauses. */
const SLICE = 200;

/** Compiles the patterns of one place of the path. Yields between slices of the work. */
export function* choicesOf(entries: readonly Entry[]): Generator<void, Choices> {
  const named = new Map<string, Entry[]>();
  const any: Entry[] = [];
  for (const entry of entries) {
    const { methods } = entry.pattern;
    if (methods === 'ANY') any.push(entry);
    else for (const method of methods) listFor(named, method).push(entry);
  }
  const choices: Choices['named'][number][] = [];
  for (const [method, own] of named) choices.push({ method, choice: yield* choiceOf(own) });
  return { named: choices, any: any.length > 0 ? yield* choiceOf(any) : undefined };
}

/** Returns the most specific entry of a choice whose conditions hold. */
export function choose(choice: Choice | undefined, fields: Fields): Entry | undefined {
  const split = choice?.split;
  if (!split || !fields.knows(split.field.source)) return choice?.entries.find((entry) => fields.meet(entry));
  const value = fields.value(split.field);
  const listed = typeof value === 'string' ? choose(split.byValue.get(value), fields) : undefined;
  return heavier(listed, choose(split.others, fields));
}

/** Returns the more specific of two entries that hold; in a table without conflicts one of them is. */
export function heavier(one: Entry | undefined, other: Entry | undefined): Entry | undefined {
  if (!one || !other) return one ?? other;
  return other.weight > one.weight ? other : one;
}

function* choiceOf(entries: readonly Entry[], used: readonly string[] = []): Generator<void, Choice> {
  const sorted = entries.toSorted((one, other) => other.weight - one.weight);
  const name = entries.length > FEW ? yield* commonField(entries, used) : undefined;
  const split = name === undefined ? undefined : yield* splitBy(name, sorted, [...used, name]);
  return { entries: sorted, split };
}

function* splitBy(
  name: string,
  entries: readonly Entry[],
  used: readonly string[],
): Generator<void, Split | undefined> {
  const byValue = new Map<string, Entry[]>();
  const others: Entry[] = [];
  let field: Equal | undefined;
  for (const [index, entry] of entries.entries()) {
    if (index % SLICE === SLICE - 1) yield;
    const equal = entry.equals.find((one) => one.name === name);
    if (equal) listFor(byValue, equal.value).push(entry);
    else others.push(entry);
    field ??= equal;
  }
  if (!field) return undefined;
  const choices = new Map<string, Choice>();
  for (const [value, own] of byValue) {
    choices.set(value, yield* choiceOf(own, used));
    if (choices.size % SLICE === 0) yield;
  }
  return { field, byValue: choices, others: yield* choiceOf(others, used) };
}

/** Finds the field for whose value most entries ask, if that tells any of them apart. */
function* commonField(
  entries: readonly Entry[],
  used: readonly string[],
): Generator<void, string | undefined> {
  const counts = new Map<string, { entries: number; readonly first: string; differ: boolean }>();
  for (const [index, entry] of entries.entries()) {
    if (index % SLICE === SLICE - 1) yield;
    for (const { name, value } of entry.equals) {
      const count = counts.get(name);
      if (!count) counts.set(name, { entries: 1, first: value, differ: false });
      else {
        count.entries += 1;
        count.differ ||= value !== count.first;
      }
    }
  }
  let best: { readonly name: string; readonly entries: number } | undefined;
  for (const [name, { entries: asking, differ }] of counts)
    if (differ && !used.includes(name) && asking > (best?.entries ?? 0)) best = { name, entries: asking };
  return best?.name;
}
