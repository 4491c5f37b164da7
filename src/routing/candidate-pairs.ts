// The pairs of entries that one request might meet. Entries that ask for different values of one field, or
// for different beginnings of one segment, are never paired, so that thousands of them cost little.
import type { Entry } from './entry.ts';
import { listFor } from './grouped.ts';
import type { Segment, WhenCondition } from './route.ts';

export type Pair = readonly [Entry, Entry];

/** So few entries are paired each with each. */
const FEW = 8;

/** What an entry asks for, by what it asks it of: entries that ask for different values are apart. */
type Traits = ReadonlyMap<string, readonly string[]>;

type Candidate = { readonly entry: Entry; readonly traits: Traits };

/** Yields the pairs of entries that are not known to be apart; a pair may come twice. */
export function candidatePairs(entries: readonly Entry[]): Generator<Pair> {
  if (entries.length <= FEW) return allPairs(entries.map((entry) => ({ entry, traits: NO_TRAITS })));
  return pairs(
    entries.map((entry) => ({ entry, traits: traitsOf(entry) })),
    new Set(),
  );
}

function* pairs(candidates: readonly Candidate[], used: ReadonlySet<string>): Generator<Pair> {
  const trait = candidates.length > FEW ? bestTrait(candidates, used) : undefined;
  if (trait === undefined) return yield* allPairs(candidates);
  const nowUsed = new Set([...used, trait]);
  const byValue = new Map<string, Candidate[]>();
  const asking: Candidate[] = [];
  const others: Candidate[] = [];
  for (const candidate of candidates) {
    const values = candidate.traits.get(trait);
    (values ? asking : others).push(candidate);
    for (const value of values ?? []) listFor(byValue, value).push(candidate);
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

/** Finds the trait that leaves the fewest pairs, if one leaves fewer than all. */
function bestTrait(candidates: readonly Candidate[], used: ReadonlySet<string>): string | undefined {
  const counts = new Map<string, Map<string, number>>();
  for (const { traits } of candidates) {
    for (const [name, values] of traits) {
      if (used.has(name)) continue;
      const ofName = counts.get(name) ?? new Map<string, number>();
      counts.set(name, ofName);
      for (const value of values) ofName.set(value, (ofName.get(value) ?? 0) + 1);
    }
  }
  const all = candidates.length;
  let best: string | undefined;
  let fewest = pairsOf(all);
  for (const [name, ofName] of counts) {
    const asking = [...ofName.values()];
    const others = Math.max(0, all - asking.reduce((sum, count) => sum + count, 0));
    const left = asking.reduce(
      (sum, count) => sum + pairsOf(count),
      pairsOf(others) + others * (all - others),
    );
    if (left < fewest) [best, fewest] = [name, left];
  }
  return best;
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

const NO_TRAITS: Traits = new Map();

function traitsOf({ route, pattern, segments }: Entry): Traits {
  const traits = new Map<string, readonly string[]>();
  for (const condition of pattern.conditions)
    if (condition.kind === 'equals') traits.set(`query ${condition.name.join('[')}`, [condition.value]);
  for (const { name, value } of route.body) traits.set(`body ${name.join('[')}`, [value]);
  for (const condition of route.when) addWhen(traits, condition);
  for (const [index, segment] of segments.entries()) addSegment(traits, segment, index);
  return traits;
}

function addWhen(traits: Map<string, readonly string[]>, { source, name, test }: WhenCondition): void {
  if (test.kind === 'equals') traits.set(`${source} ${name}`, [test.value]);
}

function addSegment(traits: Map<string, readonly string[]>, segment: Segment, index: number): void {
  if (segment.kind === 'parameter' && segment.type === 'enum') traits.set(`values ${index}`, segment.values);
  if (segment.kind !== 'mixed') return;
  const first = segment.parts[0];
  const last = segment.parts.at(-1);
  for (const length of [1, 2, 4, 8, 16, 32]) {
    if (first?.kind === 'text' && first.text.length >= length)
      traits.set(`first ${length} of ${index}`, [first.text.slice(0, length)]);
    if (last?.kind === 'text' && last.text.length >= length)
      traits.set(`last ${length} of ${index}`, [last.text.slice(-length)]);
  }
}
