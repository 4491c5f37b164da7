// The entries that take every request of a pattern before it can.
import { type Entry, equalsOf } from './entry.ts';
import { addTo } from './grouped.ts';
import { missingConditions } from './implied.ts';
import { takesAllOf } from './parameter-types.ts';
import type { ParameterPart, PathRules, Segment } from './route.ts';
import type { SingleSegment } from './shared-segment.ts';
import { compareEntries, takesMethod } from './specificity.ts';
import type { Node } from './trie.ts';

/** Where so many patterns end at one place, only those that ask for the same values are looked at. */
const MANY = 64;

/**
 * Finds entries of other routes that take all requests of an entry on one of its paths: one of them alone, or
 * two of which one asks for a field and the other for its absence.
 */
export function coverers(
  root: Node,
  path: readonly Segment[],
  entry: Entry,
  paths: PathRules,
): readonly Entry[] | undefined {
  const missing = new Map<string, Entry>();
  for (const other of onPath(root, path, 0, entry, paths.trailingSlash === 'ignore')) {
    if (other.route === entry.route || !takesFirst(other, entry)) continue;
    const [first, ...more] = missingConditions(other, entry);
    if (first === undefined) return [other];
    const complement = more.length === 0 ? missing.get(first.opposite ?? '') : undefined;
    if (complement) return [complement, other];
    if (more.length === 0) missing.set(first.key, other);
  }
  return undefined;
}

/** States that an entry wins over another whatever the method. */
function takesFirst(other: Entry, entry: Entry): boolean {
  const { methods } = entry.pattern;
  if (methods === 'ANY') return other.pattern.methods === 'ANY' && compareEntries(other, entry, 'GET') < 0;
  const all = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
  return all.every((method) => takesMethod(other, method) && compareEntries(other, entry, method) < 0);
}

/** Yields the entries that take all paths of a pattern. */
function* onPath(
  node: Node,
  path: readonly Segment[],
  depth: number,
  entry: Entry,
  tailMayBeEmpty: boolean,
): Generator<Entry> {
  const segment = path[depth];
  if (segment !== undefined || tailMayBeEmpty) yield* askingTheSame(node.tails, entry);
  if (segment === undefined) return yield* askingTheSame(node.ends, entry);
  if (segment.kind === 'tail') return;
  for (const child of childrenTakingAll(node, segment))
    yield* onPath(child, path, depth + 1, entry, tailMayBeEmpty);
}

/** Finds the children that take all that a segment takes. */
function childrenTakingAll(node: Node, segment: SingleSegment): readonly Node[] {
  if (segment.kind === 'literal') {
    const literal = node.literal(segment.text);
    return [...(literal ? [literal] : []), ...node.othersTaking(segment.text)];
  }
  const same = node.other(segment);
  const wider = WIDE_TYPES.flatMap((type) => {
    const wide: ParameterPart = { kind: 'parameter', name: '', type, values: [] };
    const child = node.other(wide);
    const takes = segment.kind === 'mixed' ? type === 'plain' : takesAllOf(wide, segment);
    return child && child !== same && takes ? [child] : [];
  });
  return same ? [same, ...wider] : wider;
}

const WIDE_TYPES = ['hex', 'slug', 'plain'] as const;

const groups = new WeakMap<readonly Entry[], ReadonlyMap<string, readonly Entry[]>>();

/** What asks for other values does not take all; where they are many, the others are found and not looked through. */
function askingTheSame(entries: readonly Entry[], entry: Entry): readonly Entry[] {
  if (entries.length <= MANY) return entries;
  const grouped = groups.get(entries) ?? groupByEquals(entries);
  groups.set(entries, grouped);
  return grouped.get(askedBy(entry)) ?? [];
}

function groupByEquals(entries: readonly Entry[]): ReadonlyMap<string, readonly Entry[]> {
  const grouped = new Map<string, Entry[]>();
  for (const entry of entries) addTo(grouped, askedBy(entry), entry);
  return grouped;
}

function askedBy(entry: Entry): string {
  return equalsOf(entry)
    .map(({ name, value }) => JSON.stringify([name, value]))
    .toSorted()
    .join();
}
