// Which of two attempts stands first, and what decides between them.
import type { Attempt } from './explain-attempt.ts';
import type { ParameterPart, QueryCondition, Segment } from './route.ts';

/** Negative where the first stands first; `why` says what decided, in the words of the documentation. */
export type Order = { readonly order: number; readonly why: string };

/** Orders two attempts at one request: those that match by specificity, the others by how near they came. */
export function compareAttempts(one: Attempt, other: Attempt, method: string): Order {
  if (one.difference || other.difference) {
    const near = (attempt: Attempt) => attempt.difference?.near ?? Number.MAX_SAFE_INTEGER;
    return { order: near(other) - near(one), why: 'only one of them matches' };
  }
  const steps = [
    () => compareHosts(one, other),
    () => compareSegments(one.segments, other.segments),
    () => compareMethods(one, other, method),
    () => compareConditions(one, other),
  ];
  for (const step of steps) {
    const found = step();
    if (found.order !== 0) return found;
  }
  return TIE;
}

const TIE: Order = { order: 0, why: 'nothing decides between them' };

function compareHosts(one: Attempt, other: Attempt): Order {
  const [first, second] = [one.pattern.host, other.pattern.host];
  const kind = (host: typeof first) => (host ? ['exact', 'below'].indexOf(host.kind) : 2);
  const byKind = kind(first) - kind(second);
  if (byKind !== 0) return { order: byKind, why: 'exact host before *.host before any' };
  const length = (host: typeof first) => (host?.kind === 'below' ? host.suffix.length : 0);
  return { order: length(second) - length(first), why: 'the longer *.host first' };
}

function compareSegments(one: readonly Segment[], other: readonly Segment[]): Order {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const found = compareSegment(one[index], other[index]);
    if (found.order !== 0) return found;
  }
  return TIE;
}

function compareSegment(one: Segment | undefined, other: Segment | undefined): Order {
  const byWord = place(one) - place(other);
  if (byWord !== 0) return { order: byWord, why: wordFor(one, other, byWord) };
  return one?.kind === 'mixed' && other?.kind === 'mixed' ? compareMixed(one.parts, other.parts) : TIE;
}

const TYPES = ['enum', 'uuid', 'int', 'hex', 'slug', 'plain'];

/** Literal, text around a parameter, the types from narrow to wide, the path's end, a tail. */
function place(segment: Segment | undefined): number {
  if (segment === undefined) return 20;
  switch (segment.kind) {
    case 'literal':
      return 0;
    case 'mixed':
      return 1;
    case 'parameter':
      return 2 + TYPES.indexOf(segment.type);
    case 'tail':
      return 21;
  }
}

function wordFor(one: Segment | undefined, other: Segment | undefined, order: number): string {
  const [first, second] = order < 0 ? [one, other] : [other, one];
  const both = first?.kind === 'parameter' && second?.kind === 'parameter';
  return `${word(first, both)} before ${word(second, both)}`;
}

function word(segment: Segment | undefined, byType: boolean): string {
  switch (segment?.kind) {
    case undefined:
      return 'the end of the path';
    case 'literal':
      return 'literal';
    case 'mixed':
      return 'text around a parameter';
    case 'tail':
      return '*';
    case 'parameter':
      return byType ? typeWord(segment) : 'parameter';
  }
}

function typeWord({ type }: ParameterPart): string {
  return type === 'enum' ? 'enumerated' : type;
}

type MixedParts = (Segment & { kind: 'mixed' })['parts'];

function compareMixed(one: MixedParts, other: MixedParts): Order {
  const byText = literalLength(other) - literalLength(one);
  if (byText !== 0) return { order: byText, why: 'more literal text in the segment' };
  const [first, second] = [typesOf(one), typesOf(other)];
  if (first.length !== second.length)
    return { order: first.length - second.length, why: 'fewer parameters in the segment' };
  for (const [index, type] of first.entries()) {
    const byType = type - (second[index] ?? 0);
    if (byType !== 0) return { order: byType, why: 'the narrower type in the segment' };
  }
  return TIE;
}

function literalLength(parts: MixedParts): number {
  return parts.reduce((sum, part) => sum + (part.kind === 'text' ? decodedLength(part.text) : 0), 0);
}

function decodedLength(text: string): number {
  return text.length - 2 * (text.split('%').length - 1);
}

function typesOf(parts: MixedParts): readonly number[] {
  return parts.flatMap((part) => (part.kind === 'parameter' ? [TYPES.indexOf(part.type)] : []));
}

function compareMethods(one: Attempt, other: Attempt, method: string): Order {
  const how = ({ pattern: { methods } }: Attempt) => {
    if (methods === 'ANY') return 2;
    return methods.includes(method) ? 0 : 1;
  };
  const [first, second] = [how(one), how(other)];
  const why =
    Math.max(first, second) === 2 ? 'named methods before ANY' : 'HEAD by itself before HEAD by GET';
  return { order: first - second, why };
}

function compareConditions(one: Attempt, other: Attempt): Order {
  const counts: readonly [string, (attempt: Attempt) => number][] = [
    ['more conditions that equal', (attempt) => countOf(attempt, 'equals')],
    ['more conditions that capture', (attempt) => countOf(attempt, 'captures')],
    ['more conditions on what is there or not', (attempt) => countOf(attempt, 'present', 'absent')],
    ['more conditions on the body', ({ route }) => Math.min(route.body.length, 63)],
    ['more conditions under when', ({ route }) => Math.min(route.when.length, 63)],
  ];
  for (const [why, count] of counts) {
    const order = count(other) - count(one);
    if (order !== 0) return { order, why };
  }
  return TIE;
}

function countOf({ pattern }: Attempt, ...kinds: QueryCondition['kind'][]): number {
  return pattern.conditions.filter(({ kind }) => kinds.includes(kind)).length;
}
