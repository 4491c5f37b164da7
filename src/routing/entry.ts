// A pattern made ready for matching: compared the way the file's `paths` says, names looked up as PHP has them.
import { arrayKey, type PhpKey } from '../php/value.ts';
import { spelt } from './canonical-path.ts';
import { compileMixed, type MixedSegment } from './mixed-segment.ts';
import type {
  FieldPath,
  ParameterPart,
  PathRules,
  Pattern,
  QueryCondition,
  Route,
  Segment,
} from './route.ts';
import { segmentRank } from './specificity.ts';

/** The keys under which a field stands in PHP's arrays. */
export type FieldKeys = readonly PhpKey[];

export type FieldCondition = { readonly keys: FieldKeys; readonly condition: QueryCondition };

/** A field that must have one value. */
export type Equal = {
  /** Tells the fields of all sources apart. */
  readonly name: string;
  readonly source: 'query' | 'body' | 'header' | 'cookie';
  readonly keys: FieldKeys;
  readonly value: string;
};

/** One pattern of one route, compiled. */
export type Entry = {
  readonly route: Route;
  readonly pattern: Pattern;
  /** As paths are compared: without case or last slash where these do not matter. */
  readonly segments: readonly Segment[];
  /** How specific each of them is; see segmentRank. */
  readonly ranks: readonly string[];
  /** The mixed segments among them, taken apart. */
  readonly mixed: readonly (MixedSegment | undefined)[];
  /** The places of the segments that capture something. */
  readonly capturing: readonly number[];
  /** Whether the path, the host and the method say all. */
  readonly isUnconditional: boolean;
  /** Whether the case of letters does not matter in paths. */
  readonly folds: boolean;
  readonly query: readonly FieldCondition[];
  readonly body: readonly { readonly keys: FieldKeys; readonly value: string }[];
  /** What must have one value, of the query, the body, header fields and cookies. */
  readonly equals: readonly Equal[];
  /** Orders patterns of one path and kind of method: the higher is the more specific. */
  readonly weight: number;
};

/** Compiles one pattern. */
export function entryOf(route: Route, pattern: Pattern, paths: PathRules): Entry {
  const segments = comparedSegments(pattern.segments, paths);
  return {
    route,
    pattern,
    segments,
    ranks: segments.map(segmentRank),
    mixed: segments.map((segment) => (segment.kind === 'mixed' ? compileMixed(segment) : undefined)),
    capturing: segments.flatMap(({ kind }, index) => (kind === 'literal' ? [] : [index])),
    isUnconditional: pattern.conditions.length + route.body.length + route.when.length === 0,
    folds: paths.case === 'ignore',
    query: pattern.conditions.map((condition) => ({ keys: keysOf(condition.name), condition })),
    body: route.body.map(({ name, value }) => ({ keys: keysOf(name), value })),
    equals: equalsOf(route, pattern),
    weight: weightOf(route, pattern),
  };
}

/** Returns the keys of a field; PHP's arrays hold whole numbers as numbers. */
export function keysOf(name: FieldPath): FieldKeys {
  return name.map(arrayKey);
}

function equalsOf(route: Route, pattern: Pattern): readonly Equal[] {
  const equals: Equal[] = [];
  for (const condition of pattern.conditions)
    if (condition.kind === 'equals') equals.push(equal('query', condition.name, condition.value));
  for (const { name, value } of route.body) equals.push(equal('body', name, value));
  for (const { source, name, test } of route.when)
    if (test.kind === 'equals') equals.push(equal(source, [name], test.value));
  return equals;
}

function equal(source: Equal['source'], path: FieldPath, value: string): Equal {
  return { name: `${source} ${path.join('[')}`, source, keys: keysOf(path), value };
}

/** Brings a canonical path into the form that segments are compared in. */
export function comparedPath(path: string, { trailingSlash, case: letters }: PathRules): string {
  const folded = letters === 'ignore' ? path.toLowerCase() : path;
  return trailingSlash === 'ignore' && folded.endsWith('/') ? folded.slice(0, -1) : folded;
}

function comparedSegments(segments: readonly Segment[], paths: PathRules): readonly Segment[] {
  const last = segments.at(-1);
  const endsInSlash = last?.kind === 'literal' && last.text === '';
  const kept = endsInSlash && paths.trailingSlash === 'ignore' ? segments.slice(0, -1) : segments;
  const fold = (text: string) => (paths.case === 'ignore' ? text.toLowerCase() : text);
  return kept.map((segment) => compared(segment, fold));
}

function compared(segment: Segment, fold: (text: string) => string): Segment {
  switch (segment.kind) {
    case 'tail':
      return segment;
    case 'literal':
      return { kind: 'literal', text: fold(segment.text) };
    case 'parameter':
      return comparedParameter(segment, fold);
    case 'mixed':
      return {
        kind: 'mixed',
        parts: segment.parts.map((part) =>
          part.kind === 'text' ? { kind: 'text', text: fold(part.text) } : comparedParameter(part, fold),
        ),
      };
  }
}

function comparedParameter(part: ParameterPart, fold: (text: string) => string): ParameterPart {
  return part.type === 'enum' ? { ...part, values: part.values.map((value) => fold(spelt(value))) } : part;
}

/** More conditions that equal count for more than any number that capture, and so on down to `when`. */
function weightOf({ body, when }: Route, { conditions }: Pattern): number {
  let [equal, captured, others] = [0, 0, 0];
  for (const { kind } of conditions) {
    if (kind === 'equals') equal += 1;
    else if (kind === 'captures') captured += 1;
    else others += 1;
  }
  return [equal, captured, others, body.length, when.length].reduce(
    (weight, count) => weight * 64 + Math.min(count, 63),
    0,
  );
}
