// Takes a key out of a mapping, so that writing a key and taking it out again leaves the file as it was.
import type { YAMLMap } from 'yaml';
import { type EditPair, endOfPair, lineEnd, lineStart, pairsOf, type TextEdit } from './edit-pair.ts';

/** Returns the edit, or why there is none. No comment is taken out with the key. */
export function removePair(text: string, map: YAMLMap, pair: EditPair): TextEdit | string {
  const beforeValue = text.slice(pair.key.range[1], pair.value?.range?.[0] ?? pair.key.range[1]);
  if (beforeValue.includes('#')) return lost(pair);
  if (map.flow) return removeBetweenBraces(text, map, pair);
  return map.items.length === 1 ? leaveNothing(text, pair) : removeLine(text, pair);
}

/** A block without keys would be no mapping: `{}` says that nothing is meant to be there. */
function leaveNothing(text: string, pair: EditPair): TextEdit {
  const start = pair.key.range[0];
  return { offset: start, removed: text.slice(start, endOfPair(text, pair)), inserted: '{}' };
}

function removeLine(text: string, pair: EditPair): TextEdit | string {
  const [keyStart] = pair.key.range;
  const start = lineStart(text, keyStart);
  const valueEnd = endOfPair(text, pair);
  const end = lineEnd(text, valueEnd);
  const beside = text.slice(start, keyStart) + text.slice(valueEnd, end);
  if (beside.trim() !== '') return lost(pair);
  if (text.slice(start, end).endsWith('\n')) return cut(text, start, end);
  const eol = /\r?\n$/.exec(text.slice(0, start))?.[0].length ?? 0;
  return cut(text, start - eol, end);
}

function removeBetweenBraces(text: string, map: YAMLMap, pair: EditPair): TextEdit | string {
  const pairs = pairsOf(map);
  const index = pairs.findIndex(({ key }) => key.range[0] === pair.key.range[0]);
  const [before, after] = [pairs[index - 1], pairs[index + 1]];
  const [keyStart] = pair.key.range;
  const valueEnd = endOfPair(text, pair);
  if (!before && !after) return cut(text, keyStart, valueEnd);
  const [start, end] = before
    ? [endOfPair(text, before), valueEnd]
    : [keyStart, after?.key.range[0] ?? valueEnd];
  const separator = before ? text.slice(start, keyStart) : text.slice(valueEnd, end);
  if (!/^\s*,\s*$/.test(separator)) return lost(pair);
  return cut(text, start, end);
}

function lost({ key }: EditPair): string {
  return `something stands beside ${key.value} that would be lost`;
}

function cut(text: string, start: number, end: number): TextEdit {
  return { offset: start, removed: text.slice(start, end), inserted: '' };
}
