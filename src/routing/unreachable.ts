// Patterns that no request ever meets. Only what is certain is told: a pattern may be out of reach for
// reasons that are not looked for here.
import { coverers } from './coverers.ts';
import type { Entry } from './entry.ts';
import type { Hosts } from './hosts.ts';
import type { PathRules, Segment } from './route.ts';
import { findWitness } from './witness.ts';

/** A pattern out of reach: because its own conditions exclude each other, or because others take all its requests. */
export type Unreachable = { readonly entry: Entry; readonly takers: readonly Entry[] };

/** So many paths may a pattern with enumerated parameters stand for; with more it is not looked at. */
const MOST_INSTANCES = 32;

/** Finds the patterns that no request meets. */
export function findUnreachable(
  entries: readonly Entry[],
  hosts: Hosts,
  paths: PathRules,
): readonly Unreachable[] {
  const found: Unreachable[] = [];
  for (const entry of entries) {
    if (isContradictory(entry, paths)) found.push({ entry, takers: [] });
    else {
      const takers = takersOf(entry, hosts, paths);
      if (takers) found.push({ entry, takers });
    }
  }
  return found;
}

function isContradictory(entry: Entry, paths: PathRules): boolean {
  const { conditions } = entry.pattern;
  const { body, when } = entry.route;
  if (conditions.length + when.length + body.length < 2) return false;
  return findWitness(entry, entry, 'GET', paths) === undefined;
}

/** Returns those that take all requests of an entry, if that is certain. */
function takersOf(entry: Entry, hosts: Hosts, paths: PathRules): readonly Entry[] | undefined {
  const instances = instancesOf(entry.segments);
  if (!instances) return undefined;
  const root = hosts.rootFor(entry);
  const takers = new Set<Entry>();
  for (const instance of instances) {
    const own = coverers(root, instance, entry, paths);
    if (!own) return undefined;
    for (const taker of own) takers.add(taker);
  }
  return [...takers];
}

/** Writes out enumerated parameters: `/:lang<de|fr>/x` stands for `/de/x` and `/fr/x`. */
function instancesOf(segments: readonly Segment[]): readonly (readonly Segment[])[] | undefined {
  let instances: readonly (readonly Segment[])[] = [[]];
  for (const segment of segments) {
    const own = valuesOf(segment);
    if (instances.length * own.length > MOST_INSTANCES) return undefined;
    instances = instances.flatMap((before) => own.map((value) => [...before, value]));
  }
  return instances;
}

function valuesOf(segment: Segment): readonly Segment[] {
  if (segment.kind === 'parameter' && segment.type === 'enum')
    return segment.values.map((text) => ({ kind: 'literal', text }));
  if (segment.kind !== 'mixed') return [segment];
  let texts: readonly string[] = [''];
  for (const part of segment.parts) {
    if (part.kind === 'parameter' && part.type !== 'enum') return [segment];
    const own = part.kind === 'text' ? [part.text] : part.values;
    if (texts.length * own.length > MOST_INSTANCES) return [segment];
    texts = texts.flatMap((before) => own.map((text) => before + text));
  }
  return texts.map((text) => ({ kind: 'literal', text }));
}
