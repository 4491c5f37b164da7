// Which of two patterns wins where both match: never the order in the file.
import type { ParameterType, Pattern, QueryCondition } from './route.ts';

/** Parameter types from the most to the least specific. */
export const TYPE_ORDER: readonly ParameterType[] = ['uuid', 'int', 'hex', 'slug', 'plain'];

/**
 * Orders two patterns that end at the same place of the path: named methods before ANY, then more
 * equal, captured, and present or absent conditions. Negative when the first wins, 0 on a full tie.
 */
export function compareAtSamePath(first: Pattern, second: Pattern): number {
  const ranks = [rank(first), rank(second)] as const;
  for (let index = 0; index < ranks[0].length; index += 1) {
    const difference = (ranks[1][index] ?? 0) - (ranks[0][index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Tells whether one request can meet both patterns, given that one path already meets both. */
export function canMeetBoth(first: Pattern, second: Pattern): boolean {
  return (
    shareMethod(first, second) &&
    !first.conditions.some((one) => second.conditions.some((other) => excludes(one, other)))
  );
}

function rank(pattern: Pattern): readonly number[] {
  const count = (...kinds: QueryCondition['kind'][]) =>
    pattern.conditions.filter((condition) => kinds.includes(condition.kind)).length;
  return [pattern.methods === 'ANY' ? 0 : 1, count('equals'), count('captures'), count('present', 'absent')];
}

function shareMethod(first: Pattern, second: Pattern): boolean {
  if (first.methods === 'ANY' || second.methods === 'ANY') return true;
  return first.methods.some((method) => second.methods.includes(method));
}

function excludes(one: QueryCondition, other: QueryCondition): boolean {
  if (one.name.join('[') !== other.name.join('[')) return false;
  if (one.kind === 'absent' || other.kind === 'absent') return one.kind !== other.kind;
  return one.kind === 'equals' && other.kind === 'equals' && one.value !== other.value;
}
