// The keys and values of a mapping, and where they stand in the text.
import { isCollection, isNode, isPair, isScalar, type YAMLMap, type Node as YamlNode } from 'yaml';

/** What is taken out of a text at an offset, and what is put there. */
export type TextEdit = { readonly offset: number; readonly removed: string; readonly inserted: string };

type Range = readonly [start: number, valueEnd: number, nodeEnd: number];

/** One key of a mapping and its value; null where nothing is written. */
export type EditPair = {
  readonly key: { readonly value: string; readonly range: Range; readonly type: string | undefined };
  readonly value: YamlNode | null;
};

/** Lists a mapping's pairs that were read from text, in order. */
export function pairsOf(map: YAMLMap): readonly EditPair[] {
  return map.items.flatMap(({ key, value }): EditPair[] => {
    if (!isScalar(key) || !key.range) return [];
    return [
      {
        key: { value: String(key.value), range: key.range, type: key.type },
        value: isNode(value) ? value : null,
      },
    ];
  });
}

export function findPair(map: YAMLMap, key: string): EditPair | undefined {
  return pairsOf(map).find((pair) => pair.key.value === key);
}

/** Returns where a pair's last character stands, plus one; comments after it are no part of it. */
export function endOfPair(text: string, pair: EditPair): number {
  if (pair.value) return endOfNode(pair.value);
  // `a` alone in `{ a, b }` has no colon.
  const colon = /^\s*:/.exec(text.slice(pair.key.range[1]))?.[0].length ?? 0;
  return pair.key.range[1] + colon;
}

/** A block collection's own range takes in the blanks and comments after its last item. */
function endOfNode(node: YamlNode): number {
  if (!isCollection(node) || node.flow) return node.range?.[1] ?? 0;
  const last = node.items.at(-1);
  const inner = isPair(last) ? (last.value ?? last.key) : last;
  return isNode(inner) ? endOfNode(inner) : (node.range?.[1] ?? 0);
}

/** Returns where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Returns where the line of an offset ends, its line end included. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}
