// The pairs of entries that one request might meet. Entries that ask for different values of one field, or
// for different beginnings of one segment, are never paired, so that thousands of them cost little.
import { type Entry, equalsOf } from './entry.ts';
import { addTo } from './grouped.ts';
import type { ParameterPart } from './route.ts';

export type Pair = readonly [Entry, Entry];

/** So few entries are paired each with each. */
const FEW = 8;

/** What an entry asks for, by what it asks it of: entries that ask for different values are apart. */
type Traits = ReadonlyMap<string, readonly string[]>;

type Candidate = {
  readonly entry: Entry;
  readonly traits: Traits;
  /** The text with which each segment begins and ends, by name: two of them are apart where neither begins the other. */
  readonly texts: ReadonlyMap<string, string>;
};

/** Yields the pairs of entries that are not known to be apart; a pair may come twice. */
export function candidatePairs(entries: readonly Entry[]): Generator<Pair> {
  if (entries.length <= FEW)
    return allPairs(entries.map((entry) => ({ entry, traits: NO_TRAITS, texts: NO_TEXTS })));
  return pairs(
    entries.map((entry) => ({ entry, traits: traitsOf(entry), texts: textsOf(entry) })),
    new Set(),
  );
}

function* pairs(candidates: readonly Candidate[], used: ReadonlySet<string>): Generator<Pair> {
  const trait = candidates.length > FEW ? bestTrait(candidates, used) : undefined;
  if (trait === undefined) return yield* allPairs(candidates);
  const nowUsed = new Set([...used, trait.name]);
  const byValue = new Map<string, Candidate[]>();
  const asking: Candidate[] = [];
  const others: Candidate[] = [];
  for (const candidate of candidates) {
    const values = trait.valuesOf(candidate);
    (values ? asking : others).push(candidate);
    for (const value of values ?? []) addTo(byValue, value, candidate);
  }
  for (const own of byValue.values()) yield* pairs(own, nowUsed);
  yield* pairs(others, nowUsed);
  for (const { entry } of others) for (const other of asking) yield [entry, other.entry];
}

function* allPairs(candidates: readonly Candidate[]): Generator<Pair> {
  for (const [index, one] of candidates.entries()) {
    for (let next = index + 1; next < candidates.length; next += 1) {
      const other = candidates[next];
      if (other) yield [one.entry, other.entry];
    }
  }
}

type Trait = {
  readonly name: string;
  readonly valuesOf: (candidate: Candidate) => readonly string[] | undefined;
};

/** Finds the trait that leaves the fewest pairs, if one leaves fewer than all. */
function bestTrait(candidates: readonly Candidate[], used: ReadonlySet<string>): Trait | undefined {
  let best: Trait | undefined;
  let fewest = pairsOf(candidates.length);
  for (const trait of traitsAmong(candidates)) {
    const left = used.has(trait.name) ? fewest : pairsLeft(candidates, trait);
    if (left < fewest) [best, fewest] = [trait, left];
  }
  return best;
}

function pairsLeft(candidates: readonly Candidate[], { valuesOf }: Trait): number {
  const counts = new Map<string, number>();
  let others = 0;
  for (const candidate of candidates) {
    const values = valuesOf(candidate);
    if (!values) others += 1;
    for (const value of values ?? []) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const within = [...counts.values()].reduce((sum, count) => sum + pairsOf(count), 0);
  return within + pairsOf(others) + others * (candidates.length - others);
}

function traitsAmong(candidates: readonly Candidate[]): readonly Trait[] {
  const names = new Set<string>();
  const lengths = new Map<string, Set<number>>();
  for (const { traits, texts } of candidates) {
    for (const name of traits.keys()) names.add(name);
    for (const [name, text] of texts) lengths.set(name, (lengths.get(name) ?? new Set()).add(text.length));
  }
  return [
    ...[...names].map((name): Trait => ({ name, valuesOf: ({ traits }) => traits.get(name) })),
    ...[...lengths].flatMap(([name, ofName]) => spread([...ofName]).map((length) => textTrait(name, length))),
  ];
}

/** So many lengths of a text are tried. */
const MOST_LENGTHS = 8;

function spread(lengths: readonly number[]): readonly number[] {
  const sorted = lengths.toSorted((one, other) => one - other);
  const step = Math.ceil(sorted.length / MOST_LENGTHS);
  return sorted.filter((_, index) => index % step === 0);
}

function textTrait(name: string, length: number): Trait {
  return {
    name: `${name} ${length}`,
    valuesOf: ({ texts }) => {
      const text = texts.get(name);
      return text !== undefined && text.length >= length ? [text.slice(0, length)] : undefined;
    },
  };
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

const NO_TRAITS: Traits = new Map();
const NO_TEXTS: ReadonlyMap<string, string> = new Map();

function traitsOf(entry: Entry): Traits {
  const traits = new Map<string, readonly string[]>();
  for (const { name, value } of equalsOf(entry)) traits.set(name, [value]);
  for (const [index, segment] of entry.segments.entries())
    if (segment.kind === 'parameter' && segment.type === 'enum')
      traits.set(`values ${index}`, segment.values);
  return traits;
}

/** Ends are turned around, so that they begin alike where segments end alike. */
function textsOf({ captures }: Entry): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const capture of captures) {
    if (capture.kind !== 'parts') continue;
    const { index, mixed } = capture;
    const { texts, parameters } = mixed;
    const [first = '', second = ''] = texts;
    const [last = '', beforeLast = ''] = texts.toReversed().map(reversed);
    if (first !== '') found.set(`first of ${index}`, first);
    if (last !== '') found.set(`last of ${index}`, last);
    if (parameters.length < 2) continue;
    if (stands(parameters[0], second)) found.set(`second of ${index} behind ${first}<int>`, second);
    if (stands(parameters.at(-1), beforeLast))
      found.set(`last but one of ${index} before <int>${last}`, beforeLast);
  }
  return found;
}

/** States that it is clear where a number ends and the text beside it begins. */
function stands(parameter: ParameterPart | undefined, beside: string): boolean {
  return parameter?.type === 'int' && !/^[0-9]/.test(beside);
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}
