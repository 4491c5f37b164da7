// The mixed segments that may stand at one place of the path, found by their first or last text.
import type { MixedSegment } from './mixed-segment.ts';
import { matchMixed } from './mixed-segment.ts';

/** A mixed segment, how specific it is, and what follows it. */
export type MixedChild<Next> = { readonly rank: string; readonly mixed: MixedSegment; readonly next: Next };

/** A tree of characters; what ends at a node begins (or ends) with the characters on the way to it. */
type Characters<Next> = { here: MixedChild<Next>[]; readonly below: Map<string, Characters<Next>> };

/** Holds mixed segments so that those which cannot fit cost nothing, however many there are. */
export class MixedChildren<Next> {
  readonly #byFirst: Characters<Next> = { here: [], below: new Map() };
  readonly #byLast: Characters<Next> = { here: [], below: new Map() };

  add(child: MixedChild<Next>): void {
    const first = child.mixed.texts[0] ?? '';
    const last = child.mixed.texts.at(-1) ?? '';
    if (first !== '') place(this.#byFirst, first, child);
    else place(this.#byLast, [...last].reverse().join(''), child);
  }

  /** Returns those that a segment fits, the most specific first. */
  fitting(segment: string): readonly MixedChild<Next>[] {
    const found: MixedChild<Next>[] = [];
    collect(this.#byFirst, segment, 0, 1, found);
    collect(this.#byLast, segment, segment.length - 1, -1, found);
    return found.length > 1 ? found.sort(byRank) : found;
  }
}

function byRank(one: { readonly rank: string }, other: { readonly rank: string }): number {
  if (one.rank === other.rank) return 0;
  return one.rank < other.rank ? -1 : 1;
}

function place<Next>(root: Characters<Next>, text: string, child: MixedChild<Next>): void {
  let node = root;
  for (const character of text) {
    let below = node.below.get(character);
    if (!below) {
      below = { here: [], below: new Map() };
      node.below.set(character, below);
    }
    node = below;
  }
  node.here.push(child);
}

function collect<Next>(
  root: Characters<Next>,
  segment: string,
  start: number,
  step: 1 | -1,
  found: MixedChild<Next>[],
): void {
  let node: Characters<Next> | undefined = root;
  for (let at = start; node; at += step) {
    for (const child of node.here) if (matchMixed(child.mixed, segment)) found.push(child);
    node = node.below.get(segment.charAt(at));
  }
}
