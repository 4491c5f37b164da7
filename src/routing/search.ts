// One request's walk through the tree: most specific first, backtracking. A node is visited at most once,
// so the work is bounded by the table, whatever the request.
import { heavier, type Place } from './choice.ts';
import type { Entry } from './entry.ts';
import type { Fields } from './fields.ts';
import { addTo } from './grouped.ts';
import type { Hosts } from './hosts.ts';
import { type Level, Node, TYPED_COUNT } from './trie.ts';

/** What a search needs of the table. */
export type SearchTable = {
  readonly hosts: Hosts;
  /** The most segments that a pattern names; of those that follow only tails take notice. */
  readonly depth: number;
  /** Where a last slash does not matter, `/admin/*` takes `/admin`. */
  readonly tailMayBeEmpty: boolean;
};

/** What a search needs of the request; the path is canonical, and in the form that segments are compared in. */
export type SearchInput = {
  readonly path: string;
  readonly host: string;
  readonly method: string;
  readonly fields: Fields;
};

/** Finds the most specific entry that a request meets. */
export function search(table: SearchTable, input: SearchInput): Entry | undefined {
  const walk = new Walk(table, input);
  for (const root of table.hosts.rootsOf(input.host)) {
    const found = walk.below(root, 0);
    if (found) return found;
  }
  return undefined;
}

class Walk {
  readonly #method: string;
  readonly #fields: Fields;
  readonly #tailMayBeEmpty: boolean;
  readonly #segments: readonly string[];

  constructor({ depth, tailMayBeEmpty }: SearchTable, { path, method, fields }: SearchInput) {
    this.#method = method;
    this.#fields = fields;
    this.#tailMayBeEmpty = tailMayBeEmpty;
    this.#segments = firstSegments(path, depth + 1);
  }

  /** Searches what follows the nodes of a level; `depth` segments have been taken. */
  below(level: Level, depth: number): Entry | undefined {
    if (!this.#mayFit(level, this.#segments.length - depth)) return undefined;
    const segment = this.#segments[depth];
    if (segment === undefined) return this.#atEnd(level);
    const literal = follow(level, segment, literalChild);
    return (
      (literal && this.below(literal, depth + 1)) ??
      (segment === '' || isPlain(level) ? undefined : this.#belowParameters(level, segment, depth + 1)) ??
      this.#choose(level, tailsOf)
    );
  }

  #mayFit(level: Level, left: number): boolean {
    if (level instanceof Node) return left >= level.fewest && left <= level.most;
    return level.some((node) => this.#mayFit(node, left));
  }

  #belowParameters(level: Level, segment: string, depth: number): Entry | undefined {
    for (const mixed of mixedLevels(level, segment)) {
      const found = this.below(mixed, depth);
      if (found) return found;
    }
    const enumerated = follow(level, segment, enumeratedChild);
    const found = enumerated && this.below(enumerated, depth);
    if (found) return found;
    for (let type = 0; type < TYPED_COUNT; type += 1) {
      const typed =
        level instanceof Node
          ? level.typed(type, segment)
          : joined(level.map((node) => node.typed(type, segment)));
      const found = typed && this.below(typed, depth);
      if (found) return found;
    }
    return undefined;
  }

  #atEnd(level: Level): Entry | undefined {
    return this.#choose(level, endsOf) ?? (this.#tailMayBeEmpty ? this.#choose(level, tailsOf) : undefined);
  }

  /** HEAD is answered by GET unless declared by itself; named methods come before ANY. */
  #choose(level: Level, placeOf: (node: Node) => Place | undefined): Entry | undefined {
    return (
      this.#best(level, placeOf, this.#method) ??
      (this.#method === 'HEAD' ? this.#best(level, placeOf, 'GET') : undefined) ??
      this.#best(level, placeOf, undefined)
    );
  }

  #best(
    level: Level,
    placeOf: (node: Node) => Place | undefined,
    method: string | undefined,
  ): Entry | undefined {
    if (level instanceof Node) return placeOf(level)?.find(method, this.#fields);
    return level.reduce(
      (best: Entry | undefined, node) => heavier(best, this.#best(node, placeOf, method)),
      undefined,
    );
  }
}

/** Splits a path at its slashes, into so many segments at most. */
function firstSegments(path: string, most: number): readonly string[] {
  const segments: string[] = [];
  let start = 1;
  while (start <= path.length && segments.length < most) {
    const slash = path.indexOf('/', start);
    const end = slash < 0 ? path.length : slash;
    segments.push(path.slice(start, end));
    start = end + 1;
  }
  return segments;
}

const endsOf = (node: Node) => node.endPlace;
const tailsOf = (node: Node) => node.tailPlace;
const literalChild = (node: Node, segment: string) => node.literal(segment);
const enumeratedChild = (node: Node, segment: string) => node.enumerated(segment);

function isPlain(level: Level): boolean {
  return level instanceof Node ? level.isPlain : level.every(isPlain);
}

/** Goes one segment down from all nodes of a level: those are walked together. */
function follow(
  level: Level,
  segment: string,
  child: (node: Node, segment: string) => Level | undefined,
): Level | undefined {
  if (level instanceof Node) return child(level, segment);
  return joined(level.map((node) => child(node, segment)));
}

function joined(levels: readonly (Level | undefined)[]): Level | undefined {
  const all = levels.flatMap((level) => level ?? []);
  return all.length > 1 ? all : all[0];
}

const NONE: readonly never[] = [];

/** Groups the mixed segments that fit by how specific they are: those that tie are walked together. */
function mixedLevels(level: Level, segment: string): readonly Level[] {
  const fitting = level instanceof Node ? level.mixed(segment) : level.flatMap((node) => node.mixed(segment));
  if (fitting.length === 0) return NONE;
  if (fitting.length === 1) return fitting.map(({ next }) => next);
  const byRank = new Map<string, Node[]>();
  for (const { rank, next } of fitting) addTo(byRank, rank, next);
  return [...byRank].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, nodes]) => nodes);
}
