// Text around the parameters of one segment: `feed-:lang.xml`, `:slug-p-:id<int>.html`.
// A parameter takes as much as it can, from the left, as in a regular expression; unlike there, the work
// is bounded by the segment's length times the number of its parameters.
import { TYPE_ORDER, takes } from './parameter-types.ts';
import type { ParameterPart, Segment, TextPart } from './route.ts';

export type Mixed = Segment & { readonly kind: 'mixed' };

/** What one segment with several parameters may have in characters; no file has a name as long. */
const LONGEST = 2048;

/** A mixed segment with its text and its parameters apart: texts[0] parameters[0] texts[1] ... */
export type MixedSegment = {
  readonly texts: readonly string[];
  readonly parameters: readonly ParameterPart[];
  readonly shortest: number;
};

/** Takes a mixed segment apart. */
export function compileMixed({ parts }: Mixed): MixedSegment {
  const texts: string[] = [''];
  const parameters: ParameterPart[] = [];
  for (const part of parts) {
    if (part.kind === 'text') texts[texts.length - 1] = part.text;
    else {
      parameters.push(part);
      texts.push('');
    }
  }
  return { texts, parameters, shortest: texts.join('').length + parameters.length };
}

/** Returns what each parameter takes of a segment of a canonical path; undefined where the segment does not fit. */
export function matchMixed(mixed: MixedSegment, segment: string): readonly string[] | undefined {
  const { texts, parameters } = mixed;
  const first = texts[0] ?? '';
  const last = texts.at(-1) ?? '';
  if (segment.length < mixed.shortest || !segment.startsWith(first) || !segment.endsWith(last))
    return undefined;
  const end = segment.length - last.length;
  if (!isBoundary(segment, first.length) || !isBoundary(segment, end)) return undefined;
  if (parameters.length > 1) return matchSeveral(mixed, segment, first.length, end);
  const taken = segment.slice(first.length, end);
  const [parameter] = parameters;
  return parameter && takes(parameter, taken) ? [taken] : undefined;
}

/** Orders mixed segments: as text, the smaller is the more specific. More literal text, fewer parameters, narrower types. */
export function mixedRank({ parts }: Mixed): string {
  const literal = parts.filter((part): part is TextPart => part.kind === 'text');
  const length = literal.reduce((sum, { text }) => sum + text.replace(/%../g, '%').length, 0);
  const types = parts.flatMap((part) => (part.kind === 'parameter' ? [TYPE_ORDER.indexOf(part.type)] : []));
  return `${String(1_000_000 - length).padStart(7, '0')} ${String(types.length).padStart(5, '0')} ${types.join('')}`;
}

/** An escape is one byte: no parameter begins or ends inside of it. */
function isBoundary(segment: string, at: number): boolean {
  return segment.charAt(at - 1) !== '%' && segment.charAt(at - 2) !== '%';
}

/**
 * For each parameter from the last to the first: where it ends at most, for each place where it may begin,
 * so that all that follows fits. Then walks these from the left.
 */
function matchSeveral(
  { texts, parameters }: MixedSegment,
  segment: string,
  start: number,
  end: number,
): readonly string[] | undefined {
  if (segment.length > LONGEST || !holdsTexts(texts, segment, start)) return undefined;
  const ends: Ends[] = [];
  let fits = (at: number) => at === end;
  for (let index = parameters.length - 1; index >= 0; index -= 1) {
    const parameter = parameters[index];
    if (!parameter) return undefined;
    const own = endsOf(parameter, segment, start, end, fits);
    const before = texts[index] ?? '';
    fits = (at) =>
      isBoundary(segment, at) &&
      segment.startsWith(before, at) &&
      isBoundary(segment, at + before.length) &&
      own[at + before.length] !== undefined;
    ends.unshift(own);
  }
  return takeFromLeft(ends, texts, segment, start);
}

/** Where a parameter ends at most, by where it begins; undefined where it cannot begin. */
type Ends = readonly (number | undefined)[];

function holdsTexts(texts: readonly string[], segment: string, start: number): boolean {
  let at = start;
  for (const text of texts.slice(1)) {
    at = segment.indexOf(text, at);
    if (at < 0) return false;
    at += text.length;
  }
  return true;
}

function endsOf(
  part: ParameterPart,
  segment: string,
  start: number,
  end: number,
  fits: (at: number) => boolean,
): Ends {
  if (part.type === 'enum' || part.type === 'uuid') return endsOfFixed(part, segment, start, end, fits);
  const ends: (number | undefined)[] = [];
  const run = part.type === 'plain' ? undefined : characters[part.type];
  let best: number | undefined;
  for (let at = end - 1; at >= start; at -= 1) {
    if (run && !run.has(segment.charAt(at))) best = undefined;
    else {
      best ??= fits(at + 1) ? at + 1 : undefined;
      ends[at] = best;
    }
  }
  return ends;
}

const UUID_LENGTH = 36;

function endsOfFixed(
  part: ParameterPart,
  segment: string,
  start: number,
  end: number,
  fits: (at: number) => boolean,
): Ends {
  const ends: (number | undefined)[] = [];
  const lengths = part.type === 'uuid' ? [UUID_LENGTH] : part.values.map((value) => value.length);
  const longestFirst = [...new Set(lengths)].toSorted((one, other) => other - one);
  for (let at = end - 1; at >= start; at -= 1) {
    const length = longestFirst.find(
      (length) => at + length <= end && takes(part, segment.slice(at, at + length)) && fits(at + length),
    );
    ends[at] = length === undefined ? undefined : at + length;
  }
  return ends;
}

const DIGITS = '0123456789';
const HEX = `${DIGITS}abcdefABCDEF`;
const characters = {
  int: new Set(DIGITS),
  hex: new Set(HEX),
  slug: new Set(`${HEX}ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ_-`),
};

function takeFromLeft(
  ends: readonly Ends[],
  texts: readonly string[],
  segment: string,
  start: number,
): readonly string[] | undefined {
  const taken: string[] = [];
  let at = start;
  for (const [index, own] of ends.entries()) {
    const end = own[at];
    if (end === undefined) return undefined;
    taken.push(segment.slice(at, end));
    at = end + (texts[index + 1] ?? '').length;
  }
  return taken;
}
