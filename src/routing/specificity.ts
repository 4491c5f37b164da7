// Which of two patterns wins where both match: never the order in the file.
import type { Entry } from './entry.ts';
import { mixedRank } from './mixed-segment.ts';
import { TYPE_ORDER } from './parameter-types.ts';
import type { HostPattern, Segment } from './route.ts';

/**
 * Orders two entries for requests of one method that meet both: host, then the path segment by segment
 * from the left, then named methods before ANY, then conditions, body and when. Negative when the first
 * wins, 0 on a full tie.
 */
export function compareEntries(one: Entry, other: Entry, method: string): number {
  return (
    compareText(hostRank(one.pattern.host), hostRank(other.pattern.host)) ||
    comparePaths(one.segments, other.segments) ||
    methodRank(one, method) - methodRank(other, method) ||
    other.weight - one.weight
  );
}

function comparePaths(one: readonly Segment[], other: readonly Segment[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const order = compareText(rankAt(one, index), rankAt(other, index));
    if (order !== 0) return order;
  }
  return 0;
}

/** A path that ends is more specific than one that goes on with a tail; both meet only where a tail may be empty. */
const PATH_END = '3';

function rankAt(segments: readonly Segment[], index: number): string {
  const segment = segments[index];
  return segment ? segmentRank(segment) : PATH_END;
}

/** Tells how specific a segment is: as text, the smaller is the more specific. */
export function segmentRank(segment: Segment): string {
  switch (segment.kind) {
    case 'literal':
      return '0';
    case 'mixed':
      return `1 ${mixedRank(segment)}`;
    case 'parameter':
      return `2 ${TYPE_ORDER.indexOf(segment.type)}`;
    case 'tail':
      return '4';
  }
}

/** Tells how specifically an entry takes a method: by its own name, HEAD by GET, or as any. */
function methodRank({ pattern: { methods } }: Entry, method: string): number {
  if (methods === 'ANY') return 2;
  return methods.includes(method) ? 0 : 1;
}

/** Tells whether an entry takes a method; GET takes HEAD. */
export function takesMethod({ pattern: { methods } }: Entry, method: string): boolean {
  if (methods === 'ANY' || methods.includes(method)) return true;
  return method === 'HEAD' && methods.includes('GET');
}

function hostRank(host: HostPattern | undefined): string {
  if (!host) return '2';
  return host.kind === 'exact'
    ? '0'
    : `1 ${String(1_000 - Math.min(host.suffix.length, 999)).padStart(4, '0')}`;
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
