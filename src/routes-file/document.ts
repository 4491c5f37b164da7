// YAML text → plain values, with the position of every one of them. What is dangerous in YAML is refused.
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { Problem } from '../routing/problem.ts';
import type { Position } from '../routing/route.ts';
import { syntaxProblem } from './syntax-problems.ts';
import { readTree, type Tree } from './yaml-tree.ts';

/** A parsed file: its values (null where there is none), and where each stands. */
export type YamlSource = {
  readonly file: string;
  readonly values: unknown;
  /** Keys that stand twice; the first one counts. */
  readonly duplicates: readonly Problem[];
  /** Returns where the value at a path stands; with `key`, where that key of the mapping stands. */
  position(path: readonly PropertyKey[], key?: string): Position;
  /** Returns the value at a path as it is written; the nearest one around it where there is none. */
  tree(path: readonly PropertyKey[]): Tree;
};

export type YamlResult =
  | { readonly ok: true; readonly source: YamlSource }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Parses YAML, or returns what is wrong: the first mistake of syntax, aliases, anchors, tags, nesting. */
export function parseYaml(text: string, file: string): YamlResult {
  const lines = new LineCounter();
  const document = parseNodes(text, lines);
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const { tree, dangers, oddKeys, duplicates } = readTree(document.contents, at);
  // Only who tells a mistake needs the parser's tokens, which cost as much as the rest.
  const broken = document.errors.length > 0 ? parseNodes(text, new LineCounter(), true) : undefined;
  const syntax = broken && syntaxProblem({ text, document: broken, at }, dangers.length > 0);
  // What stands below a mistake is read wrongly.
  const above = dangers.filter(({ position }) => !syntax || byPosition(position, syntax.position) < 0);
  const problems = syntax ? [syntax, ...above] : [...dangers, ...oddKeys];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, source: sourceOf(file, tree, duplicates, at) };
}

function byPosition(one: Position, other: Position): number {
  return one.line - other.line || one.column - other.column;
}

/** Parses YAML into nodes whose scalars are texts. */
export function parseNodes(
  text: string,
  lineCounter: LineCounter = new LineCounter(),
  keepSourceTokens = false,
): Document.Parsed {
  return parseDocument(text, {
    lineCounter,
    keepSourceTokens,
    // Texts only: what they mean is decided in yaml-tree.ts, whatever version a %YAML line names.
    schema: 'failsafe',
    merge: false,
    // The parser compares each key with all others: seconds for ten thousand routes.
    uniqueKeys: false,
    prettyErrors: false,
    // The parser's own warnings would go to the process.
    logLevel: 'error',
  });
}

function sourceOf(
  file: string,
  root: Tree,
  duplicates: readonly Problem[],
  at: (offset: number) => Position,
): YamlSource {
  const find = (path: readonly PropertyKey[]): { readonly tree: Tree; readonly found: boolean } => {
    let tree = root;
    for (const step of path) {
      const child = tree.children.get(step as string | number);
      if (!child) return { tree, found: false };
      tree = child;
    }
    return { tree, found: true };
  };
  return {
    file,
    values: root.value,
    duplicates,
    position: (path, key) => {
      const { tree, found } = find(key === undefined ? path : [...path, key]);
      return at(key !== undefined && found ? tree.keyOffset : tree.offset);
    },
    tree: (path) => find(path).tree,
  };
}
