// The segments of all patterns of one host as a tree: what a path is walked along.
import { type Choices, choicesOf } from './choice.ts';
import type { Entry } from './entry.ts';
import { listFor } from './grouped.ts';
import { MixedChildren } from './mixed-children.ts';
import { compileMixed, mixedRank } from './mixed-segment.ts';
import { parameterTests, TYPE_ORDER } from './parameter-types.ts';
import type { ParameterPart, ParameterType, Segment } from './route.ts';

/** Nodes that are walked together, because nothing so far has made one more specific than the other. */
export type Level = readonly Node[];

/** The types whose segments a pattern alone tells; enumerated ones are found by their value. */
const TYPED: readonly ParameterType[] = TYPE_ORDER.filter((type) => type !== 'enum');

/** What follows a segment of a pattern. */
export class Node {
  /** This node as a level of its own. */
  readonly level: Level = [this];
  readonly literals = new Map<string, Node>();
  /** Children for all but literals, by what their segment takes. */
  readonly others = new Map<string, { readonly segment: Segment; readonly node: Node }>();
  /** The patterns that end here, and those whose tail begins here. */
  readonly ends: Entry[] = [];
  readonly tails: Entry[] = [];
  /** The same for a request, once all patterns are in. */
  endChoices: Choices | undefined;
  tailChoices: Choices | undefined;
  /** How many segments may follow. */
  fewest = Number.POSITIVE_INFINITY;
  most = 0;
  #mixed: MixedChildren<Node> | undefined;
  #values: Map<string, Node[]> | undefined;
  readonly #typed: (Node | undefined)[] = [];

  /** Returns the mixed segments below that a segment fits, the most specific first. */
  mixed(segment: string): ReturnType<MixedChildren<Node>['fitting']> {
    return this.#mixed?.fitting(segment) ?? NONE;
  }

  /** Returns what follows an enumerated parameter that takes the segment. */
  enumerated(segment: string): Level | undefined {
    return this.#values?.get(segment);
  }

  /** Returns what follows a parameter of a type, by the type's place among TYPED, if it takes the segment. */
  typed(index: number, segment: string): Level | undefined {
    const node = this.#typed[index];
    if (!node) return undefined;
    const type = TYPED[index];
    return type && parameterTests[type]?.test(segment) === false ? undefined : node.level;
  }

  /** States that nothing but literals may follow. */
  get isPlain(): boolean {
    return this.others.size === 0;
  }

  /** Makes the node ready for requests. Yields between slices of the work. */
  *settle(): Generator<void> {
    if (this.ends.length > 0) this.endChoices = yield* choicesOf(this.ends);
    if (this.tails.length > 0) this.tailChoices = yield* choicesOf(this.tails);
  }

  *children(): Generator<Node> {
    yield* this.literals.values();
    for (const { node } of this.others.values()) yield node;
  }

  child(segment: Segment): Node {
    if (segment.kind === 'literal') return this.#literal(segment.text);
    const key = shapeOf(segment);
    const existing = this.others.get(key);
    if (existing) return existing.node;
    const node = new Node();
    this.others.set(key, { segment, node });
    this.#index(segment, node);
    return node;
  }

  #literal(text: string): Node {
    const existing = this.literals.get(text);
    if (existing) return existing;
    const node = new Node();
    this.literals.set(text, node);
    return node;
  }

  #index(segment: Segment, node: Node): void {
    if (segment.kind === 'mixed') {
      this.#mixed ??= new MixedChildren();
      this.#mixed.add({ rank: mixedRank(segment), mixed: compileMixed(segment), next: node });
    } else if (segment.kind === 'parameter' && segment.type === 'enum') {
      this.#values ??= new Map();
      for (const value of segment.values) listFor(this.#values, value).push(node);
    } else if (segment.kind === 'parameter') this.#typed[TYPED.indexOf(segment.type)] = node;
  }
}

/** How many types `typed` knows. */
export const TYPED_COUNT: number = TYPED.length;

const NONE: readonly never[] = [];

/** Adds a pattern to a tree. `tailMayBeEmpty` where a last slash does not matter. */
export function insert(root: Node, entry: Entry, tailMayBeEmpty: boolean): void {
  const { segments } = entry;
  const hasTail = segments.at(-1)?.kind === 'tail';
  const named = hasTail ? segments.slice(0, -1) : segments;
  const fewest = hasTail && !tailMayBeEmpty ? segments.length : named.length;
  let node = root;
  widen(node, fewest, hasTail ? Number.POSITIVE_INFINITY : fewest);
  for (const [index, segment] of named.entries()) {
    node = node.child(segment);
    widen(node, fewest - index - 1, hasTail ? Number.POSITIVE_INFINITY : fewest - index - 1);
  }
  (hasTail ? node.tails : node.ends).push(entry);
}

function widen(node: Node, fewest: number, most: number): void {
  node.fewest = Math.min(node.fewest, fewest);
  node.most = Math.max(node.most, most);
}

/** Tells which segments take the same: names do not matter, nor the order of values. */
export function shapeOf(segment: Segment): string {
  switch (segment.kind) {
    case 'literal':
      return `=${segment.text}`;
    case 'tail':
      return '*';
    case 'parameter':
      return parameterShape(segment);
    case 'mixed':
      return segment.parts
        .map((part) => (part.kind === 'text' ? `=${part.text}` : parameterShape(part)))
        .join('');
  }
}

function parameterShape({ type, values }: ParameterPart): string {
  return type === 'enum' ? `<${values.toSorted().join('|')}>` : `<${type}>`;
}
