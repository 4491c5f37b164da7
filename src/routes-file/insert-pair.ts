// Writes a new key into a mapping: on a line of its own in a block, after a comma between braces.
import type { YAMLMap } from 'yaml';
import { type EditPair, endOfPair, lineEnd, lineStart, pairsOf, type TextEdit } from './edit-pair.ts';

type NewPair = {
  readonly key: string;
  readonly value: string;
  readonly after: readonly string[];
  readonly line: number | undefined;
};

/** Returns the edit, or why there is none. */
export function insertPair(text: string, map: YAMLMap, pair: NewPair): TextEdit | string {
  const pairs = pairsOf(map);
  const neighbour = pairs.findLast(({ key }) => pair.after.includes(key.value)) ?? pairs.at(-1);
  if (map.flow) return inPlaceOfNothing(text, map, pair) ?? insertBetweenBraces(text, map, neighbour, pair);
  const [first] = pairs;
  if (!first || !neighbour) return 'the mapping is empty';
  const indent = text.slice(lineStart(text, first.key.range[0]), first.key.range[0]);
  if (indent.trim() !== '') return `there is no line of its own to write ${pair.key} on`;
  const at = pair.line === undefined ? behind(text, neighbour) : startOfLine(text, pair.line);
  return newLine(text, at, `${indent}${pair.key}: ${pair.value}`);
}

/** `{}` on a line of its own is what stands where the last key of a block was taken out. */
function inPlaceOfNothing(text: string, map: YAMLMap, { key, value }: NewPair): TextEdit | undefined {
  const [start = 0, end = 0] = map.range ?? [];
  if (text.slice(start, end) !== '{}' || text.slice(lineStart(text, start), start).trim() !== '') {
    return undefined;
  }
  return { offset: start, removed: '{}', inserted: `${key}: ${value}` };
}

function insertBetweenBraces(
  text: string,
  map: YAMLMap,
  neighbour: EditPair | undefined,
  { key, value }: NewPair,
): TextEdit {
  if (!neighbour) return { offset: (map.range?.[0] ?? 0) + 1, removed: '', inserted: `${key}: ${value}` };
  const isJson = neighbour.key.type === 'QUOTE_DOUBLE';
  const written = isJson ? `"${key}": "${value}"` : `${key}: ${value}`;
  return { offset: endOfPair(text, neighbour), removed: '', inserted: `, ${written}` };
}

/** A block scalar ends with its line, and what stands below is the next one. */
function behind(text: string, pair: EditPair): number {
  const end = endOfPair(text, pair);
  return text[end - 1] === '\n' ? end : lineEnd(text, end);
}

/** The end of the text where it has fewer lines. */
function startOfLine(text: string, line: number): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) start = lineEnd(text, start);
  return start;
}

/** A file whose last line has no line end is left without one. */
function newLine(text: string, at: number, line: string): TextEdit {
  const before = text.slice(0, at);
  const eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  const isLineStart = before === '' || before.endsWith('\n');
  return { offset: at, removed: '', inserted: isLineStart ? `${line}${eol}` : `${eol}${line}` };
}
