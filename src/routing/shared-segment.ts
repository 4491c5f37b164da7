// A segment of a path that two segments of patterns both take, if there is one.
import { compileMixed, matchMixed } from './mixed-segment.ts';
import { takenByAll, takes } from './parameter-types.ts';
import type { ParameterPart, Segment, TextPart } from './route.ts';

/** A segment that takes exactly one segment of a path. */
export type SingleSegment = Exclude<Segment, { kind: 'tail' }>;

/** Finds a segment of a canonical path that both take, the shortest where both have text around parameters. */
export function sharedSegment(one: SingleSegment, other: SingleSegment): string | undefined {
  if (one.kind === 'literal') return takesSegment(other, one.text) ? one.text : undefined;
  if (other.kind === 'literal') return sharedSegment(other, one);
  if (one.kind === 'parameter' && other.kind === 'parameter') return takenByAll([one, other]);
  return sharedText(partsOf(one), partsOf(other));
}

/** Tells whether a segment of a pattern takes one of a canonical path. */
function takesSegment(segment: SingleSegment, text: string): boolean {
  switch (segment.kind) {
    case 'literal':
      return segment.text === text;
    case 'parameter':
      return takes(segment, text);
    case 'mixed':
      return matchMixed(compileMixed(segment), text) !== undefined;
  }
}

type Part = TextPart | ParameterPart;

function partsOf(segment: Exclude<SingleSegment, { kind: 'literal' }>): readonly Part[] {
  return segment.kind === 'mixed' ? segment.parts : [segment];
}

/** What may stand at one place: one character (or escape), or any of a set, each set within the next. */
type Place = { readonly character: string } | { readonly set: (typeof SETS)[number] };

const SETS = ['int', 'hex', 'slug', 'plain'] as const;
const SAMPLE = { int: '1', hex: 'a', slug: 'x', plain: 'x' };
const TESTS = { int: /^[0-9]$/, hex: /^[0-9A-Fa-f]$/, slug: /^[A-Za-z0-9_-]$/, plain: /^(?:%..|[^/])$/s };

/** The places of a segment in their order: where it may begin, what may follow each, where it may end. */
type Places = {
  readonly places: readonly Place[];
  readonly follow: readonly (readonly number[])[];
  readonly first: readonly number[];
  readonly last: ReadonlySet<number>;
};

/** Lays out the places of parts that follow each other (Glushkov's construction). */
function layOut(parts: readonly Part[]): Places {
  const places: Place[] = [];
  const follow: number[][] = [];
  let first: readonly number[] | undefined;
  let last: readonly number[] = [];
  for (const part of parts) {
    const own = alternatives(part).map((alternative) =>
      alternative.map((place) => {
        follow.push([]);
        return places.push(place) - 1;
      }),
    );
    for (const indexes of own)
      indexes.forEach((index, at) => {
        const next = indexes[at + 1];
        if (next !== undefined) follow[index]?.push(next);
        if (isRepeated(part)) follow[index]?.push(index);
      });
    const begins = own.map((indexes) => indexes[0] ?? 0);
    for (const index of last) follow[index]?.push(...begins);
    first ??= begins;
    last = own.map((indexes) => indexes.at(-1) ?? 0);
  }
  return { places, follow, first: first ?? [], last: new Set(last) };
}

function isRepeated(part: Part): boolean {
  return part.kind === 'parameter' && part.type !== 'enum' && part.type !== 'uuid';
}

function alternatives(part: Part): readonly (readonly Place[])[] {
  if (part.kind === 'text') return [spell(part.text)];
  switch (part.type) {
    case 'enum':
      return part.values.map(spell);
    case 'uuid':
      return [
        Array.from('________-____-____-____-____________', (one) =>
          one === '-' ? { character: '-' } : { set: 'hex' },
        ),
      ];
    default:
      return [[{ set: part.type }]];
  }
}

function spell(text: string): readonly Place[] {
  return (text.match(/%..|[^%]/gs) ?? []).map((character) => ({ character }));
}

function shared(one: Place, other: Place): string | undefined {
  if ('character' in one) return accepts(other, one.character) ? one.character : undefined;
  if ('character' in other) return accepts(one, other.character) ? other.character : undefined;
  return SAMPLE[SETS.indexOf(one.set) < SETS.indexOf(other.set) ? one.set : other.set];
}

function accepts(place: Place, character: string): boolean {
  return 'character' in place ? place.character === character : TESTS[place.set].test(character);
}

/** Where a search stands: a place of each, and what has been read; three characters are as good as more. */
type State = { readonly one: number; readonly other: number; readonly text: string };

/** Finds the shortest text that both take, but for dot segments, which no canonical path has. */
function sharedText(firstParts: readonly Part[], secondParts: readonly Part[]): string | undefined {
  const one = layOut(firstParts);
  const other = layOut(secondParts);
  const seen = new Set<string>();
  const states: State[] = [];
  const visit = (nextOnes: readonly number[], nextOthers: readonly number[], text: string) => {
    for (const first of nextOnes)
      for (const second of nextOthers) {
        const character = sharedAt(one, other, first, second);
        const key = `${first} ${second} ${Math.min(text.length, 2)}`;
        if (character === undefined || seen.has(key)) continue;
        seen.add(key);
        states.push({ one: first, other: second, text: text + character });
      }
  };
  visit(one.first, other.first, '');
  for (const state of states) {
    const { text } = state;
    const isEnd = one.last.has(state.one) && other.last.has(state.other);
    if (isEnd && text !== '.' && text !== '..') return text;
    visit(one.follow[state.one] ?? [], other.follow[state.other] ?? [], text);
  }
  return undefined;
}

function sharedAt(one: Places, other: Places, first: number, second: number): string | undefined {
  const [place, otherPlace] = [one.places[first], other.places[second]];
  return place && otherPlace && shared(place, otherPlace);
}
