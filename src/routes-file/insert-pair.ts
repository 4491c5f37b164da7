// Writes a new key into a mapping: on a line of its own in a block, after a comma between braces.
import type { YAMLMap } from 'yaml';
import { type EditPair, endOfPair, lineEnd, lineStart, pairsOf, type TextEdit } from './edit-pair.ts';

type NewPair = { readonly key: string; readonly value: string; readonly after: readonly string[] };

/** Returns the edit, or why there is none. */
export function insertPair(text: string, place: YAMLMap | 'empty', pair: NewPair): TextEdit | string {
  if (place === 'empty') return newLine(text, text.length, `${pair.key}: ${pair.value}`);
  const pairs = pairsOf(place);
  const neighbour = pairs.findLast(({ key }) => pair.after.includes(key.value)) ?? pairs.at(-1);
  if (place.flow) return insertBetweenBraces(text, place, neighbour, pair);
  const [first] = pairs;
  if (!first || !neighbour) return 'the mapping is empty';
  const indent = text.slice(lineStart(text, first.key.range[0]), first.key.range[0]);
  if (indent.trim() !== '') return `there is no line of its own to write ${pair.key} on`;
  const end = endOfPair(text, neighbour);
  // A block scalar ends with its line, and what stands below is the next one.
  const at = text[end - 1] === '\n' ? end : lineEnd(text, end);
  return newLine(text, at, `${indent}${pair.key}: ${pair.value}`);
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

/** A file whose last line has no line end is left without one. */
function newLine(text: string, at: number, line: string): TextEdit {
  const before = text.slice(0, at);
  const eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  const isLineStart = before === '' || before.endsWith('\n');
  return { offset: at, removed: '', inserted: isLineStart ? `${line}${eol}` : `${eol}${line}` };
}
