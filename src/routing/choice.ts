// The patterns that end at one place of the path: few are asked one after the other, many are found by method and
// by what their conditions equal.
import { type Entry, type Equal, equalsOf } from './entry.ts';
import type { Fields } from './fields.ts';
import { addTo } from './grouped.ts';

/** So few patterns are asked one after the other. */
const FEW = 4;

/** So many patterns of one place are looked at between two pauses. */
const SLICE = 100;

/** The patterns of one place. Most places have one, and there are as many places as patterns: they are kept small. */
export class Place {
  #entries: Entry[];
  #choices: ReadonlyMap<string | undefined, Choice> | undefined;

  constructor(first: Entry) {
    this.#entries = [first];
  }

  /** All of them; the most specific first, once the place is settled. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
  }

  /** Makes the place ready for requests. Yields between slices of the work. */
  *settle(): Generator<void> {
    if (this.#entries.length > 1)
      this.#entries = this.#entries.toSorted((one, other) => other.weight - one.weight);
    if (this.#entries.length > FEW) this.#choices = yield* choicesOf(this.#entries);
  }

  /** Finds the most specific pattern that names a method and whose conditions hold; without one, of those for any. */
  find(method: string | undefined, fields: Fields): Entry | undefined {
    if (this.#choices) return choose(this.#choices.get(method), fields);
    for (const entry of this.#entries) if (names(entry, method) && fields.meet(entry)) return entry;
    return undefined;
  }
}

function names({ methods }: Entry, method: string | undefined): boolean {
  return methods === 'ANY' ? method === undefined : method !== undefined && methods.includes(method);
}

/** Returns the more specific of two entries that hold; in a table without conflicts one of them is. */
export function heavier(one: Entry | undefined, other: Entry | undefined): Entry | undefined {
  if (!one || !other) return one ?? other;
  return other.weight > one.weight ? other : one;
}

/** Patterns of one method, the most specific first; where they are many, by what tells them apart. */
type Choice = readonly Entry[] | Split;

/** Patterns by the value that most of them ask a field for. */
class Split {
  readonly entries: readonly Entry[];
  readonly field: Pick<Equal, 'source' | 'keys'>;
  readonly byValue = new Map<string, Choice>();
  /** Those that do not ask for a value of this field. */
  others: Choice = [];

  constructor(entries: readonly Entry[], { source, keys }: Equal) {
    this.entries = entries;
    this.field = { source, keys };
  }
}

function choose(choice: Choice | undefined, fields: Fields): Entry | undefined {
  if (!(choice instanceof Split)) return choice?.find((entry) => fields.meet(entry));
  const { entries, field, byValue, others } = choice;
  if (!fields.knows(field.source)) return entries.find((entry) => fields.meet(entry));
  const value = fields.value(field);
  const listed = typeof value === 'string' ? choose(byValue.get(value), fields) : undefined;
  return heavier(listed, choose(others, fields));
}

/** Compiles the patterns of one place by the methods they name; undefined holds those for any. */
function* choicesOf(entries: readonly Entry[]): Generator<void, ReadonlyMap<string | undefined, Choice>> {
  const byMethod = new Map<string | undefined, Entry[]>();
  for (const entry of entries) {
    if (entry.methods === 'ANY') addTo(byMethod, undefined, entry);
    else for (const method of entry.methods) addTo(byMethod, method, entry);
  }
  const choices = new Map<string | undefined, Choice>();
  for (const [method, own] of byMethod) choices.set(method, yield* choiceOf(own, []));
  return choices;
}

function* choiceOf(entries: readonly Entry[], used: readonly string[]): Generator<void, Choice> {
  if (entries.length <= FEW) return entries;
  const name = yield* commonField(entries, used);
  return name === undefined ? entries : yield* splitBy(name, entries, [...used, name]);
}

function* splitBy(name: string, entries: readonly Entry[], used: readonly string[]): Generator<void, Choice> {
  const byValue = new Map<string, Entry[]>();
  const others: Entry[] = [];
  let field: Equal | undefined;
  for (const [index, entry] of entries.entries()) {
    if (index % SLICE === SLICE - 1) yield;
    const equal = equalsOf(entry).find((one) => one.name === name);
    if (equal) addTo(byValue, equal.value, entry);
    else others.push(entry);
    field ??= equal;
  }
  if (!field) return entries;
  const split = new Split(entries, field);
  for (const [value, own] of byValue) {
    split.byValue.set(value, yield* choiceOf(own, used));
    if (split.byValue.size % SLICE === 0) yield;
  }
  split.others = yield* choiceOf(others, used);
  return split;
}

/** Finds the field for whose value most entries ask, if that tells any of them apart. */
function* commonField(
  entries: readonly Entry[],
  used: readonly string[],
): Generator<void, string | undefined> {
  const counts = new Map<string, { entries: number; readonly first: string; differ: boolean }>();
  for (const [index, entry] of entries.entries()) {
    if (index % SLICE === SLICE - 1) yield;
    for (const { name, value } of equalsOf(entry)) {
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
