// What follows the rarer segments of a place of the path: enumerated parameters, and text around parameters.
import { addTo } from './grouped.ts';
import { type MixedChild, MixedChildren } from './mixed-children.ts';
import { compileMixed, type Mixed, mixedRank } from './mixed-segment.ts';
import type { ParameterPart, Segment } from './route.ts';

/** An enumerated parameter, or text around parameters. */
export type OtherSegment = ParameterPart | Mixed;

export type Other<Next> = { readonly segment: OtherSegment; readonly next: Next };

export class OtherChildren<Next> {
  readonly #byShape = new Map<string, Other<Next>>();
  #mixed: MixedChildren<Next> | undefined;
  #values: Map<string, Next[]> | undefined;

  /** Returns what follows a segment that takes the same. */
  get(segment: OtherSegment): Next | undefined {
    return this.#byShape.get(shapeOf(segment))?.next;
  }

  all(): Iterable<Other<Next>> {
    return this.#byShape.values();
  }

  add(segment: OtherSegment, next: Next): void {
    this.#byShape.set(shapeOf(segment), { segment, next });
    if (segment.kind === 'mixed') {
      this.#mixed ??= new MixedChildren();
      this.#mixed.add({ rank: mixedRank(segment), mixed: compileMixed(segment), next });
    } else {
      this.#values ??= new Map();
      for (const value of segment.values) addTo(this.#values, value, next);
    }
  }

  /** Returns the mixed segments that a segment of a path fits, the most specific first. */
  mixed(segment: string): readonly MixedChild<Next>[] {
    return this.#mixed?.fitting(segment) ?? NONE;
  }

  /** Returns what follows the enumerated parameters that take a segment of a path. */
  enumerated(segment: string): readonly Next[] | undefined {
    return this.#values?.get(segment);
  }
}

const NONE: readonly never[] = [];

/** Tells which segments take the same: names do not matter, nor the order of values. */
function shapeOf(segment: Exclude<Segment, { kind: 'literal' | 'tail' }>): string {
  if (segment.kind === 'parameter') return parameterShape(segment);
  return segment.parts
    .map((part) => (part.kind === 'text' ? `=${part.text}` : parameterShape(part)))
    .join('');
}

function parameterShape({ type, values }: ParameterPart): string {
  return type === 'enum' ? `<${values.toSorted().join('|')}>` : `<${type}>`;
}
