// The segments of all patterns of one host as a tree: what a path is walked along.
import { Place } from './choice.ts';
import type { Entry } from './entry.ts';
import type { MixedChild } from './mixed-children.ts';
import { OtherChildren, type OtherSegment } from './other-children.ts';
import { parameterTests, TYPE_ORDER } from './parameter-types.ts';
import type { ParameterPart, ParameterType, Segment } from './route.ts';

/** One node, or several that are walked together, because nothing so far has made one more specific than the other. */
export type Level = Node | readonly Node[];

/** The types whose segments a pattern alone tells; enumerated ones are found by their value. */
const TYPED: readonly ParameterType[] = TYPE_ORDER.filter((type) => type !== 'enum');

/** A parameter of each of these; its name does not matter. */
const TYPED_PARTS: readonly ParameterPart[] = TYPED.map((type) => ({
  ...{ kind: 'parameter', name: '', type, values: [] },
}));

/** More segments than any path has. */
const ENDLESS = 2 ** 30;

const NONE: readonly never[] = [];

/** What follows a segment of a pattern. Large tables are made of these: small ones stay in the processor's cache. */
export class Node {
  /** What follows literals: by their texts or, where there is but one, below `text`. */
  #literals: Map<string, Node> | Node | undefined;
  #text = '';
  /** What follows a parameter of each of TYPED. */
  #typed: (Node | undefined)[] | undefined;
  #others: OtherChildren<Node> | undefined;
  /** The patterns that end here, and those whose tail begins here. */
  endPlace: Place | undefined;
  tailPlace: Place | undefined;
  /** How many segments may follow. */
  fewest = ENDLESS;
  most = 0;

  /** The patterns that end here. */
  get ends(): readonly Entry[] {
    return this.endPlace?.entries ?? NONE;
  }

  /** The patterns whose tail begins here. */
  get tails(): readonly Entry[] {
    return this.tailPlace?.entries ?? NONE;
  }

  /** Returns what follows a literal. */
  literal(text: string): Node | undefined {
    const literals = this.#literals;
    if (literals instanceof Node) return text === this.#text ? literals : undefined;
    return literals?.get(text);
  }

  /** Returns the mixed segments below that a segment fits, the most specific first. */
  mixed(segment: string): readonly MixedChild<Node>[] {
    return this.#others?.mixed(segment) ?? NONE;
  }

  /** Returns what follows an enumerated parameter that takes the segment. */
  enumerated(segment: string): Level | undefined {
    const nodes = this.#others?.enumerated(segment);
    return nodes?.length === 1 ? nodes[0] : nodes;
  }

  /** Returns what follows a parameter of a type, by the type's place among TYPED, if it takes the segment. */
  typed(index: number, segment: string): Node | undefined {
    const node = this.#typed?.[index];
    if (!node) return undefined;
    const type = TYPED[index];
    return type && parameterTests[type]?.test(segment) === false ? undefined : node;
  }

  /** States that nothing but literals may follow. */
  get isPlain(): boolean {
    return this.#typed === undefined && this.#others === undefined;
  }

  /** Makes the node ready for requests. Yields between slices of the work. */
  *settle(): Generator<void> {
    if (this.endPlace) yield* this.endPlace.settle();
    if (this.tailPlace) yield* this.tailPlace.settle();
  }

  /** Yields what follows all but literals that take a segment. */
  *othersTaking(segment: string): Generator<Node> {
    if (segment === '') return;
    for (const { next } of this.mixed(segment)) yield next;
    yield* this.#others?.enumerated(segment) ?? NONE;
    for (let index = 0; index < TYPED_COUNT; index += 1) {
      const node = this.typed(index, segment);
      if (node) yield node;
    }
  }

  /** Yields the literals below, with what follows them. */
  *literals(): Generator<readonly [string, Node]> {
    if (this.#literals instanceof Node) yield [this.#text, this.#literals];
    else yield* this.#literals ?? NONE;
  }

  /** Yields all segments below that are no literals, with what follows them. */
  *others(): Generator<{ readonly segment: OtherSegment; readonly next: Node }> {
    for (const [index, segment] of TYPED_PARTS.entries()) {
      const next = this.#typed?.[index];
      if (next) yield { segment, next };
    }
    yield* this.#others?.all() ?? NONE;
  }

  *children(): Generator<Node> {
    for (const [, node] of this.literals()) yield node;
    for (const { next } of this.others()) yield next;
  }

  /** Adds a pattern that ends here, or whose tail begins here. */
  add(entry: Entry, hasTail: boolean): void {
    const place = hasTail ? this.tailPlace : this.endPlace;
    if (place) place.add(entry);
    else if (hasTail) this.tailPlace = new Place(entry);
    else this.endPlace = new Place(entry);
  }

  /** Returns what follows segments that take the same as one that is no literal. */
  other(segment: OtherSegment): Node | undefined {
    const index = typedIndex(segment);
    return index < 0 ? this.#others?.get(segment) : this.#typed?.[index];
  }

  /** Returns what follows a segment, made when it is first asked for. */
  child(segment: Exclude<Segment, { kind: 'tail' }>): Node {
    const existing = segment.kind === 'literal' ? this.literal(segment.text) : this.other(segment);
    if (existing) return existing;
    const node = new Node();
    if (segment.kind === 'literal') this.#addLiteral(segment.text, node);
    else this.#addOther(segment, node);
    return node;
  }

  #addLiteral(text: string, node: Node): void {
    if (this.#literals === undefined) {
      this.#text = text;
      this.#literals = node;
      return;
    }
    if (this.#literals instanceof Node) this.#literals = new Map([[this.#text, this.#literals]]);
    this.#literals.set(text, node);
  }

  #addOther(segment: OtherSegment, node: Node): void {
    const index = typedIndex(segment);
    if (index < 0) {
      this.#others ??= new OtherChildren();
      this.#others.add(segment, node);
    } else {
      this.#typed ??= new Array<undefined>(TYPED_COUNT).fill(undefined);
      this.#typed[index] = node;
    }
  }
}

/** How many types `typed` knows. */
export const TYPED_COUNT: number = TYPED.length;

function typedIndex(segment: OtherSegment): number {
  return segment.kind === 'parameter' ? TYPED.indexOf(segment.type) : -1;
}

/** Adds a pattern to a tree. `tailMayBeEmpty` where a last slash does not matter. */
export function insert(root: Node, entry: Entry, tailMayBeEmpty: boolean): void {
  const { segments } = entry;
  const hasTail = segments.at(-1)?.kind === 'tail';
  const named = hasTail ? segments.length - 1 : segments.length;
  const fewest = hasTail && !tailMayBeEmpty ? segments.length : named;
  let node = root;
  widen(node, fewest, hasTail ? ENDLESS : fewest);
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'tail') break;
    node = node.child(segment);
    widen(node, fewest - index - 1, hasTail ? ENDLESS : fewest - index - 1);
  }
  node.add(entry, hasTail);
}

function widen(node: Node, fewest: number, most: number): void {
  node.fewest = Math.min(node.fewest, fewest);
  node.most = Math.max(node.most, most);
}
