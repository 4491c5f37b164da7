// A pattern's path held against a request's, segment by segment, with regular expressions.
import { spelt } from './canonical-path.ts';
import type { Difference } from './explain-attempt.ts';
import type { ExplainedRequest } from './explain-request.ts';
import type { ParameterPart, PathRules, Segment } from './route.ts';

/** The longest segment that several parameters are looked for in; see mixed-segment.ts. */
const LONGEST = 2048;

export type PathAttempt = {
  readonly difference: Difference | undefined;
  readonly captures: ReadonlyMap<string, string>;
};

/** Leaves out what a last slash adds to a pattern where that does not matter. */
export function comparedSegments(segments: readonly Segment[], paths: PathRules): readonly Segment[] {
  const last = segments.at(-1);
  const isSlash = last?.kind === 'literal' && last.text === '';
  return isSlash && paths.trailingSlash === 'ignore' ? segments.slice(0, -1) : segments;
}

/** Holds segments against a request's path. */
export function matchSegments(segments: readonly Segment[], request: ExplainedRequest): PathAttempt {
  const captures = new Map<string, string>();
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'tail') return matchTail(index, request, captures);
    const text = request.segments[index];
    if (text === undefined) return differs(index, `it ends before ${shown(segment)}`);
    const found = matchSegment(segment, text, request.paths);
    if (!found) return differs(index, `"${text}" is not ${shown(segment)}`);
    for (const [name, captured] of found) captures.set(name, captured);
  }
  const left = request.segments.slice(segments.length);
  if (left.length > 0) return differs(segments.length, `"/${left.join('/')}" is left over`);
  return { difference: undefined, captures };
}

function matchTail(index: number, request: ExplainedRequest, captures: Map<string, string>): PathAttempt {
  const isThere = request.segments.length > index || request.paths.trailingSlash === 'ignore';
  if (!isThere) return differs(index, 'it ends before *');
  captures.set('*', request.rest(index));
  return { difference: undefined, captures };
}

function differs(near: number, what: string): PathAttempt {
  return {
    difference: { kind: 'path', near: near + 1, reason: `path differs: ${what}` },
    captures: new Map(),
  };
}

function matchSegment(
  segment: Exclude<Segment, { kind: 'tail' }>,
  text: string,
  paths: PathRules,
): readonly (readonly [string, string])[] | undefined {
  const parts = segment.kind === 'mixed' ? segment.parts : [segment];
  const parameters = parts.filter((part): part is ParameterPart => part.kind === 'parameter');
  if (parameters.length > 1 && text.length > LONGEST) return undefined;
  const source = parts.map((part) => (part.kind === 'parameter' ? `(${sourceOf(part)})` : quoted(part.text)));
  const found = new RegExp(`^${source.join('')}$`, paths.case === 'ignore' ? 'i' : '').exec(text);
  return found ? parameters.map(({ name }, index) => [name, found[index + 1] ?? ''] as const) : undefined;
}

function sourceOf({ type, values }: ParameterPart): string {
  switch (type) {
    case 'plain':
      return '(?:%[0-9A-F]{2}|[^%])+';
    case 'int':
      return '[0-9]+';
    case 'hex':
      return '[0-9A-Fa-f]+';
    case 'slug':
      return '[A-Za-z0-9_-]+';
    case 'uuid':
      return '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}';
    case 'enum':
      return values
        .map(spelt)
        .toSorted((one, other) => other.length - one.length)
        .map(quoted)
        .join('|');
  }
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** Shows a segment as it stands in a match. */
function shown(segment: Segment): string {
  switch (segment.kind) {
    case 'literal':
      return segment.text === '' ? 'the last slash' : `"${segment.text}"`;
    case 'tail':
      return '*';
    case 'parameter':
      return shownParameter(segment);
    case 'mixed':
      return segment.parts.map((part) => (part.kind === 'text' ? part.text : shownParameter(part))).join('');
  }
}

function shownParameter({ name, type, values }: ParameterPart): string {
  if (type === 'plain') return `:${name}`;
  return `:${name}<${type === 'enum' ? values.join('|') : type}>`;
}
