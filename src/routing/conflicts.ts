// Two patterns that one request can meet and that nothing puts in an order.
import { candidatePairs } from './candidate-pairs.ts';
import type { Entry } from './entry.ts';
import type { PathRules } from './route.ts';
import { segmentRank } from './specificity.ts';
import { findWitness, type Witness } from './witness.ts';

/** Two patterns that tie, and a request that meets both. */
export type Conflict = { readonly first: Entry; readonly second: Entry; readonly witness: Witness };

/** No file is mended by reading more of them. */
const MOST_CONFLICTS = 100;

/** Finds the conflicts among the entries, which are in the order of the file. */
export function findConflicts(entries: readonly Entry[], paths: PathRules): readonly Conflict[] {
  const conflicts = new Map<string, Conflict>();
  const places = new Map(entries.map((entry, index) => [entry, index]));
  for (const { method, tied } of groupsThatTie(entries)) {
    for (const pair of candidatePairs(tied)) {
      const [first, second] = inOrder(pair, places);
      const key = `${places.get(first)} ${places.get(second)}`;
      const witness = conflicts.has(key) ? undefined : findWitness(first, second, method, paths);
      if (witness) conflicts.set(key, { first, second, witness });
      if (conflicts.size >= MOST_CONFLICTS) return [...conflicts.values()];
    }
  }
  return [...conflicts.values()];
}

function inOrder([one, other]: readonly [Entry, Entry], places: ReadonlyMap<Entry, number>): [Entry, Entry] {
  return (places.get(one) ?? 0) <= (places.get(other) ?? 0) ? [one, other] : [other, one];
}

type Group = { readonly method: string; readonly tied: Entry[] };

/** Groups the entries, for each method, that nothing but their conditions and segments of one kind tell apart. */
function groupsThatTie(entries: readonly Entry[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const entry of entries) {
    const { methods } = entry.pattern;
    const key = tieKey(entry);
    for (const method of methods === 'ANY' ? ['ANY'] : methods) {
      const group = groups.get(`${method} ${key}`);
      if (group) group.tied.push(entry);
      else groups.set(`${method} ${key}`, { method: method === 'ANY' ? 'GET' : method, tied: [entry] });
    }
  }
  return [...groups.values()].filter(({ tied }) => tied.length > 1);
}

/** Different literals never meet; segments of other kinds may, if they are as specific. */
function tieKey({ pattern: { host }, segments, weight }: Entry): string {
  const name = host?.kind === 'exact' ? host.name : (host?.suffix ?? '');
  const path = segments.map((segment) =>
    segment.kind === 'literal' ? `=${segment.text}` : segmentRank(segment),
  );
  return [name, ...path, weight].join('/');
}
