// The entries whose path and host may meet those of one entry: found along the trees, not one by one.
import type { Entry } from './entry.ts';
import type { Hosts } from './hosts.ts';
import type { HostPattern, Segment } from './route.ts';
import { sharedSegment } from './shared-segment.ts';
import type { Node } from './trie.ts';

/** Yields the entries whose hosts and paths may meet those of an entry, itself among them. */
export function* overlapping(hosts: Hosts, entry: Entry): Generator<Entry> {
  for (const { host, root } of hosts.all())
    if (mayMeet(host, entry.pattern.host)) yield* along(root, entry.segments, 0);
}

function mayMeet(one: HostPattern | undefined, other: HostPattern | undefined): boolean {
  if (!one || !other) return true;
  if (one.kind === 'exact' && other.kind === 'exact') return one.name === other.name;
  const [first, second] = [textOf(one), textOf(other)];
  return first.endsWith(second) || second.endsWith(first);
}

function textOf(host: HostPattern): string {
  return host.kind === 'exact' ? host.name : host.suffix;
}

function* along(node: Node, segments: readonly Segment[], depth: number): Generator<Entry> {
  yield* node.tails;
  const segment = segments[depth];
  if (segment === undefined) yield* node.ends;
  else if (segment.kind === 'tail') yield* everything(node);
  else if (segment.kind === 'literal') {
    const child = node.literal(segment.text);
    if (child) yield* along(child, segments, depth + 1);
    for (const other of node.othersTaking(segment.text)) yield* along(other, segments, depth + 1);
  } else {
    for (const [text, child] of node.literals())
      if (sharedSegment({ kind: 'literal', text }, segment) !== undefined)
        yield* along(child, segments, depth + 1);
    yield* alongOthers(node, segment, segments, depth);
  }
}

function* alongOthers(
  node: Node,
  segment: Exclude<Segment, { kind: 'tail' }>,
  segments: readonly Segment[],
  depth: number,
): Generator<Entry> {
  for (const { segment: other, next } of node.others())
    if (sharedSegment(other, segment) !== undefined) yield* along(next, segments, depth + 1);
}

function* everything(node: Node): Generator<Entry> {
  yield* node.ends;
  for (const child of node.children()) {
    yield* child.tails;
    yield* everything(child);
  }
}
