// The names under which a pattern captures, and those that a redirect's target uses.
import type { Pattern, Segment } from './route.ts';

/** Returns the names of all that a pattern captures; `*` is its tail. */
export function parameterNames(pattern: Pattern): readonly string[] {
  const inPath = pattern.segments.flatMap(namesOfSegment);
  const inQuery = pattern.conditions.flatMap((condition) =>
    condition.kind === 'captures' ? [condition.parameter.name] : [],
  );
  return [...inPath, ...inQuery];
}

function namesOfSegment(segment: Segment): readonly string[] {
  switch (segment.kind) {
    case 'literal':
      return [];
    case 'tail':
      return ['*'];
    case 'parameter':
      return [segment.name];
    case 'mixed':
      return segment.parts.flatMap((part) => (part.kind === 'parameter' ? [part.name] : []));
  }
}

/** `:name` in a redirect's target. */
export const REDIRECT_PARAMETER = /:([A-Za-z_][A-Za-z0-9_]*)/g;

/** Returns the names that a redirect's target uses; `*` where it ends in the tail. */
export function redirectParameters(target: string): readonly string[] {
  const names = [...target.matchAll(REDIRECT_PARAMETER)].map(([, name = '']) => name);
  return target.endsWith('*') ? [...names, '*'] : names;
}
