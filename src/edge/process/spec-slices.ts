// A table's routes in slices: a worker that serves must not stop for the time it takes to read them all.
import type { Route } from '../../routing/route.ts';

/** How many addresses are read at a time: a millisecond or two. */
const PATTERNS_IN_A_SLICE = 200;

/** Cuts routes into slices, in order. */
export function* sliceRoutes(routes: readonly Route[]): Generator<readonly Route[]> {
  let slice: Route[] = [];
  let patterns = 0;
  for (const route of routes) {
    slice.push(route);
    patterns += route.patterns.length;
    if (patterns < PATTERNS_IN_A_SLICE) continue;
    yield slice;
    slice = [];
    patterns = 0;
  }
  if (slice.length > 0) yield slice;
}
