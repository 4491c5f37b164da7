// YAML text → plain values, with the position of every one of them. What is dangerous in YAML is refused.
import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
  type Node as YamlNode,
} from 'yaml';
import type { Problem } from '../routing/problem.ts';
import type { Position } from '../routing/route.ts';
import { syntaxProblems } from './syntax-problems.ts';

const MAX_DEPTH = 20;

/** A parsed file: its values (null where there is none), and where each stands. */
export type YamlSource = {
  readonly values: unknown;
  /** Returns where the value at a path stands; with `key`, where that key of the mapping stands. */
  position(path: readonly PropertyKey[], key?: string): Position;
};

export type YamlResult =
  | { readonly ok: true; readonly source: YamlSource }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Parses YAML, or returns what is wrong: the first mistake of syntax, duplicate keys, aliases, tags, nesting. */
export function parseYaml(text: string, file: string): YamlResult {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    merge: false,
    prettyErrors: false,
    keepSourceTokens: true,
    // The parser's own warnings would go to the process.
    logLevel: 'error',
  });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const features = dangerousFeatures(document.contents, at);
  const problems = [...syntaxProblems({ text, document, at }, features.length > 0), ...features];
  if (problems.length > 0) return { ok: false, problems };
  const root = document.contents;
  return {
    ok: true,
    source: {
      values: document.toJS(),
      position: (path, key) => at(offsetOf(root, path, key)),
    },
  };
}

function dangerousFeatures(root: YamlNode | null, at: (offset: number) => Position): readonly Problem[] {
  const problems: Problem[] = [];
  const refuse = (node: YamlNode, message: string, cure: string) =>
    problems.push({ code: 'yaml-feature', position: at(node.range?.[0] ?? 0), message, cure });
  if (!root) return problems;
  visit(root, {
    Node(_key, node, ancestors) {
      if (isAlias(node))
        refuse(node, 'aliases are not allowed', 'write the value out, or quote it if it begins with *');
      else if (node.anchor) refuse(node, 'anchors are not allowed', 'leave out &name, or quote the value');
      if (node.tag) {
        refuse(
          node,
          `the tag ${node.tag} is not allowed`,
          'leave it out, or quote a value that begins with !',
        );
      }
      if (ancestors.filter(isCollection).length > MAX_DEPTH) {
        refuse(node, `nested deeper than ${MAX_DEPTH}`, 'flatten the file');
        return visit.BREAK;
      }
      return undefined;
    },
    Pair(_key, pair) {
      const key = isScalar(pair.key) ? pair.key : undefined;
      if (key && (key.value === '<<' || key.value === '__proto__')) {
        refuse(key, `the key ${String(key.value)} is not allowed`, 'leave it out');
      }
    },
  });
  return problems;
}

function offsetOf(root: YamlNode | null, path: readonly PropertyKey[], key: string | undefined): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const step of key === undefined ? path : [...path, key]) {
    const found = childOf(node, step);
    if (!found) return offset;
    offset = (key !== undefined && step === key ? found.keyOffset : undefined) ?? found.offset ?? offset;
    node = found.value;
  }
  return offset;
}

function childOf(node: unknown, step: PropertyKey) {
  if (isMap(node)) {
    const pair = node.items.find(
      (item: Pair) => isScalar(item.key) && String(item.key.value) === String(step),
    );
    if (!pair) return undefined;
    const value = pair.value as YamlNode | null;
    const keyOffset = isScalar(pair.key) ? pair.key.range?.[0] : undefined;
    return { value, offset: value?.range?.[0] ?? keyOffset, keyOffset };
  }
  const items = (node as { items?: readonly YamlNode[] } | null)?.items;
  const value = typeof step === 'number' ? items?.[step] : undefined;
  return value ? { value, offset: value.range?.[0], keyOffset: undefined } : undefined;
}
