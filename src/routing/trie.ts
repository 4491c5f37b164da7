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

type Other = { readonly segment: Segment; readonly node: Node };

const NO_NODES: ReadonlyMap<string, Node> = new Map();
const NO_OTHERS: ReadonlyMap<string, Other> = new Map();
const NONE: readonly never[] = [];

/** What follows a segment of a pattern. Most are leaves: small ones keep a large table in the processor's cache. */
export class Node {
  /** This node as a level of its own. */
  readonly level: Level = [this];
  #literals: Map<string, Node> | undefined;
  #others: Map<string, Other> | undefined;
  #ends: Entry[] | undefined;
  #tails: Entry[] | undefined;
  /** The same for a request, once all patterns are in. */
  endChoices: Choices | undefined;
  tailChoices: Choices | undefined;
  /** How many segments may follow. */
  fewest = Number.POSITIVE_INFINITY;
  most = 0;
  #mixed: MixedChildren<Node> | undefined;
  #values: Map<string, Node[]> | undefined;
  #typed: (Node | undefined)[] | undefined;

  get literals(): ReadonlyMap<string, Node> {
    return this.#literals ?? NO_NODES;
  }

  /** Children for all but literals, by what their segment takes. */
  get others(): ReadonlyMap<string, Other> {
    return this.#others ?? NO_OTHERS;
  }

  /** The patterns that end here. */
  get ends(): readonly Entry[] {
    return this.#ends ?? NONE;
  }

  /** The patterns whose tail begins here. */
  get tails(): readonly Entry[] {
    return this.#tails ?? NONE;
  }

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
    const node = this.#typed?.[index];
    if (!node) return undefined;
    const type = TYPED[index];
    return type && parameterTests[type]?.test(segment) === false ? undefined : node.level;
  }

  /** States that nothing but literals may follow. */
  get isPlain(): boolean {
    return this.#others === undefined;
  }

  /** Makes the node ready for requests. Yields between slices of the work. */
  *settle(): Generator<void> {
    if (this.#ends) this.endChoices = yield* choicesOf(this.#ends);
    if (this.#tails) this.tailChoices = yield* choicesOf(this.#tails);
  }

  /** Yields what follows all but literals that take a segment. */
  *othersTaking(segment: string): Generator<Node> {
    if (segment === '') return;
    for (const { next } of this.mixed(segment)) yield next;
    yield* this.enumerated(segment) ?? [];
    for (let index = 0; index < TYPED_COUNT; index += 1) yield* this.typed(index, segment) ?? [];
  }

  *children(): Generator<Node> {
    yield* this.literals.values();
    for (const { node } of this.others.values()) yield node;
  }

  /** Adds a pattern that ends here, or whose tail begins here. */
  add(entry: Entry, hasTail: boolean): void {
    const entries = (hasTail ? this.#tails : this.#ends) ?? [];
    entries.push(entry);
    if (hasTail) this.#tails = entries;
    else this.#ends = entries;
  }

  /** Returns what follows a segment, made when it is first asked for. */
  child(segment: Segment): Node {
    if (segment.kind === 'literal') return this.#literal(segment.text);
    const key = shapeOf(segment);
    const existing = this.others.get(key);
    if (existing) return existing.node;
    const node = new Node();
    this.#others ??= new Map();
    this.#others.set(key, { segment, node });
    this.#index(segment, node);
    return node;
  }

  #literal(text: string): Node {
    const existing = this.literals.get(text);
    if (existing) return existing;
    const node = new Node();
    this.#literals ??= new Map();
    this.#literals.set(text, node);
    return node;
  }

  #index(segment: Segment, node: Node): void {
    if (segment.kind === 'mixed') {
      this.#mixed ??= new MixedChildren();
      this.#mixed.add({ rank: mixedRank(segment), mixed: compileMixed(segment), next: node });
    } else if (segment.kind === 'parameter' && segment.type === 'enum') {
      this.#values ??= new Map();
      for (const value of segment.values) listFor(this.#values, value).push(node);
    } else if (segment.kind === 'parameter') {
      this.#typed ??= [];
      this.#typed[TYPED.indexOf(segment.type)] = node;
    }
  }
}

/** How many types `typed` knows. */
export const TYPED_COUNT: number = TYPED.length;

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
  node.add(entry, hasTail);
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
