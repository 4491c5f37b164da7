// A pattern made ready for matching: compared the way the file's `paths` says, names looked up as PHP has them.
import { arrayKey, type PhpKey } from '../php/value.ts';
import { spelt } from './canonical-path.ts';
import { once } from './grouped.ts';
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

/** The keys under which a field stands in PHP's arrays, which hold whole numbers as numbers. */
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

/** A segment that captures something, by its place: the whole of it, parts of it, or all from there on. */
export type Capture =
  | { readonly kind: 'whole'; readonly index: number; readonly name: string }
  | { readonly kind: 'parts'; readonly index: number; readonly mixed: MixedSegment }
  | { readonly kind: 'rest'; readonly index: number };

/** One pattern of one route, compiled. There may be tens of thousands: what can be worked out is not kept. */
export type Entry = {
  readonly route: Route;
  readonly pattern: Pattern;
  /** As paths are compared: without case or last slash where these do not matter. */
  readonly segments: readonly Segment[];
  readonly captures: readonly Capture[];
  readonly methods: Pattern['methods'];
  /** Whether the path, the host and the method say all. */
  readonly isUnconditional: boolean;
  /** Whether the case of letters does not matter in paths. */
  readonly folds: boolean;
  readonly query: readonly FieldCondition[];
  readonly body: readonly { readonly keys: FieldKeys; readonly value: string }[];
  /** Orders patterns of one path and kind of method: the higher is the more specific. */
  readonly weight: number;
};

/** Compiles one pattern; what it has in common with others of `shapes` is held once. */
export function entryOf(route: Route, pattern: Pattern, paths: PathRules, shapes = new Shapes()): Entry {
  const segments = comparedSegments(pattern.segments, paths);
  return {
    route,
    pattern,
    segments,
    captures: shapes.captures(segments),
    methods: shapes.methods(pattern.methods),
    isUnconditional: pattern.conditions.length + route.body.length + route.when.length === 0,
    folds: paths.case === 'ignore',
    query: listOf(pattern.conditions, (condition) => ({ keys: shapes.keys(condition.name), condition })),
    body: listOf(route.body, ({ name, value }) => ({ keys: shapes.keys(name), value })),
    weight: weightOf(route, pattern),
  };
}

const NOTHING: readonly never[] = [];

function listOf<From, To>(values: readonly From[], of: (value: From) => To): readonly To[] {
  return values.length === 0 ? NOTHING : values.map(of);
}

/** What many patterns have in common: ten thousand of them capture `id` in the second segment. */
export class Shapes {
  readonly #captures = new Map<string, readonly Capture[]>();
  readonly #methods = new Map<string, readonly string[]>();
  readonly #keys = new Map<string, FieldKeys>();

  captures(segments: readonly Segment[]): readonly Capture[] {
    const captures = segments.flatMap((segment, index): Capture[] => captureOf(segment, index));
    if (captures.length === 0) return NOTHING;
    if (captures.some(({ kind }) => kind === 'parts')) return captures;
    return once(this.#captures, JSON.stringify(captures), () => captures);
  }

  methods(methods: Pattern['methods']): Pattern['methods'] {
    return methods === 'ANY' ? methods : once(this.#methods, methods.join(), () => methods);
  }

  keys(name: FieldPath): FieldKeys {
    return once(this.#keys, JSON.stringify(name), () => name.map(arrayKey));
  }
}

function captureOf(segment: Segment, index: number): Capture[] {
  switch (segment.kind) {
    case 'literal':
      return [];
    case 'parameter':
      return [{ kind: 'whole', index, name: segment.name }];
    case 'mixed':
      return [{ kind: 'parts', index, mixed: compileMixed(segment) }];
    case 'tail':
      return [{ kind: 'rest', index }];
  }
}

/** Lists what must have one value, of the query, the body, header fields and cookies. */
export function equalsOf({ route, pattern }: Entry): readonly Equal[] {
  const equals: Equal[] = [];
  for (const condition of pattern.conditions)
    if (condition.kind === 'equals') equals.push(equal('query', condition.name, condition.value));
  for (const { name, value } of route.body) equals.push(equal('body', name, value));
  for (const { source, name, test } of route.when)
    if (test.kind === 'equals') equals.push(equal(source, [name], test.value));
  return equals;
}

function equal(source: Equal['source'], path: FieldPath, value: string): Equal {
  return { name: `${source} ${path.join('[')}`, source, keys: path.map(arrayKey), value };
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
  const folded = kept.map((segment) => compared(segment, fold));
  return folded.every((segment, index) => segment === kept[index]) ? kept : folded;
}

function compared(segment: Segment, fold: (text: string) => string): Segment {
  switch (segment.kind) {
    case 'tail':
      return segment;
    case 'literal':
      return fold(segment.text) === segment.text ? segment : { kind: 'literal', text: fold(segment.text) };
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
