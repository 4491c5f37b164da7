// The path of a match: literal segments, parameters, text around parameters, and a tail.
import { canonicalPath, spelt } from './canonical-path.ts';
import { once } from './grouped.ts';
import { PatternError } from './pattern-error.ts';
import { readParameter } from './pattern-parameter.ts';
import type { ParameterPart, Segment, TextPart } from './route.ts';

const MOST_SEGMENTS = 100;

/** Reads a path, which begins with a slash; what stands in `known` has been read before. */
export function readSegments(path: string, known: Map<string, Segment>): readonly Segment[] {
  if (path.includes('#')) throw new PatternError('a path has no fragment', 'leave out # and what follows');
  const texts = path.split('/').slice(1);
  if (texts.length > MOST_SEGMENTS) {
    throw new PatternError(`the path has ${texts.length} segments`, `write at most ${MOST_SEGMENTS}`);
  }
  return texts.map((text, index) => {
    const isLast = index === texts.length - 1;
    return once(known, isLast ? text : `${text}/`, () => readSegment(text, isLast));
  });
}

function readSegment(text: string, isLast: boolean): Segment {
  if (text === '*' && isLast) return { kind: 'tail' };
  refuseStars(text, isLast);
  refusePlaceholders(text);
  const parts = readParts(text);
  const [first] = parts;
  if (first === undefined) return { kind: 'literal', text: literal('', isLast) };
  if (parts.length > 1) return { kind: 'mixed', parts: checked(parts, text) };
  return first.kind === 'parameter' ? first : { kind: 'literal', text: literal(first.text, isLast) };
}

function refuseStars(text: string, isLast: boolean): void {
  if (text === '*')
    throw new PatternError(
      '* stands before the end',
      'use * as the last segment only, :name for one segment',
    );
  if (text === '**')
    throw new PatternError(
      '** is not a segment',
      isLast ? 'write *: it takes any number of segments' : 'use * as the last segment only',
    );
  if (text.includes('.*') || text.includes('.+'))
    throw new PatternError(
      `"${text}" holds a regular expression`,
      'write :name for one segment, * for all that follow',
    );
  if (/(?<!:[A-Za-z_]\w*)\*/.test(text))
    throw new PatternError(
      `* is only part of "${text}"`,
      `name it: "${text.replaceAll('*', ':name')}"; * alone takes whole segments`,
    );
}

/** What stands for a parameter elsewhere, or for a regular expression. */
function refusePlaceholders(text: string): void {
  if (text.includes('${'))
    throw new PatternError(
      `"${text}" holds a variable`,
      'write the path out: addresses of upstreams alone take variables',
    );
  const [, curly] = /\{(\w*)[^}]*\}/.exec(text) ?? [];
  if (curly !== undefined)
    throw new PatternError(
      `"${text}" is not a parameter here`,
      `write ${text.replace(/\{[^}]*\}/, `:${curly || 'name'}`)}`,
    );
  const [angle, type, name] = /(?<!:[A-Za-z_]\w*)<(?:(\w+):)?(\w+)>/.exec(text) ?? [];
  if (angle !== undefined)
    throw new PatternError(
      `"${text}" is not a parameter here`,
      `write ${text.replace(angle, `:${name}${type ? `<${type}>` : ''}`)}`,
    );
  if (/\[[^\]]*\]|\\|\(\?|^\^|\$$|\^|\|(?![^<]*>)/.test(text))
    throw new PatternError(
      `"${text}" holds a regular expression`,
      'write :name, :name<int> or :name<de|fr>; a character itself is written as %5B for [',
    );
  if (/[{}`]/.test(text))
    throw new PatternError(`"${text}" holds a character that no path has`, 'write { as %7B, } as %7D');
}

/** Takes a segment apart: text and parameters as they come. */
function readParts(text: string): (TextPart | ParameterPart)[] {
  const parts: (TextPart | ParameterPart)[] = [];
  let rest = text;
  while (rest !== '') {
    const colon = rest.indexOf(':');
    const before = colon < 0 ? rest : rest.slice(0, colon);
    if (/[<>]/.test(before))
      throw new PatternError(`"${text}" is not a parameter`, 'write < and > only around a type: :name<int>');
    if (before !== '') parts.push({ kind: 'text', text: before });
    rest = rest.slice(before.length);
    if (rest === '') break;
    const { part, length } = readParameter(rest);
    parts.push(part);
    rest = rest.slice(length);
  }
  return parts;
}

/** Makes sure that a segment can be taken apart in one way only. */
function checked(parts: readonly (TextPart | ParameterPart)[], text: string): (TextPart | ParameterPart)[] {
  parts.forEach((part, index) => {
    const next = parts[index + 1];
    if (part.kind === 'parameter' && next?.kind === 'parameter')
      throw new PatternError(
        `nothing stands between :${part.name} and :${next.name}`,
        `put text between them, such as :${part.name}-:${next.name}, or a slash`,
      );
  });
  const untyped = parts.filter((part) => part.kind === 'parameter' && part.type === 'plain');
  const [first, second] = untyped;
  if (first?.kind === 'parameter' && second?.kind === 'parameter')
    throw new PatternError(
      `"${text}" has two parameters without a type, :${first.name} and :${second.name}`,
      `give all but one a type, such as :${first.name}<slug>`,
    );
  return parts.map((part) => (part.kind === 'text' ? { kind: 'text', text: spelt(part.text) } : part));
}

/** Spells a literal segment as canonical paths are spelt. A dot segment becomes empty. */
function literal(text: string, isLast: boolean): string {
  const canonical = canonicalPath(`/${spelt(text)}`).slice(1);
  if (canonical === '' && (text !== '' || !isLast)) {
    throw new PatternError(
      'the path has a dot segment or a double slash',
      'write it as it is after both are removed',
    );
  }
  return canonical;
}
