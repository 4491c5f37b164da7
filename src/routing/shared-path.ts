// A path that two patterns both take, if there is one.
import type { Segment } from './route.ts';
import { type SingleSegment, sharedSegment } from './shared-segment.ts';

/** Finds a path that both take, in the form that segments are compared in; see Entry. */
export function sharedPath(
  one: readonly Segment[],
  other: readonly Segment[],
  tailMayBeEmpty: boolean,
): string | undefined {
  const shared: string[] = [];
  for (let index = 0; ; index += 1) {
    const first = one[index];
    const second = other[index];
    if (first?.kind === 'tail') return rest(shared, other.slice(index), tailMayBeEmpty);
    if (second?.kind === 'tail') return rest(shared, one.slice(index), tailMayBeEmpty);
    if (!first && !second) return joined(shared);
    const segment = first && second && sharedSegment(first, second);
    if (segment === undefined) return undefined;
    shared.push(segment);
  }
}

/** Lets a tail take what is left of the other pattern. */
function rest(
  shared: readonly string[],
  left: readonly Segment[],
  tailMayBeEmpty: boolean,
): string | undefined {
  if (left.length === 0) return tailMayBeEmpty ? joined(shared) : undefined;
  return joined([...shared, ...left.map((segment) => (segment.kind === 'tail' ? 'x' : exampleOf(segment)))]);
}

function exampleOf(segment: SingleSegment): string {
  return sharedSegment(segment, segment) ?? '';
}

function joined(segments: readonly string[]): string {
  return `/${segments.join('/')}`;
}
