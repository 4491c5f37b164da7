// What takes part of a locked route: any other route that wins some request that the locked one takes, too.
import type { Entry } from './entry.ts';
import type { Hosts } from './hosts.ts';
import { overlapping } from './overlap.ts';
import type { PathRules } from './route.ts';
import { compareEntries, takesMethod } from './specificity.ts';
import { findWitness, type Witness } from './witness.ts';

/** A pattern that takes part of a locked one, and a request that it takes. */
export type Taking = { readonly locked: Entry; readonly taker: Entry; readonly witness: Witness };

const MOST_TAKINGS = 100;
const SLICE = 500;

/** Finds what takes part of locked routes. Yields between slices of the work. */
export function* findTakings(
  entries: readonly Entry[],
  hosts: Hosts,
  paths: PathRules,
): Generator<void, readonly Taking[]> {
  const takings: Taking[] = [];
  let looked = 0;
  for (const locked of entries.filter(({ route }) => route.lock !== undefined)) {
    for (const taker of overlapping(hosts, locked)) {
      looked += 1;
      if (looked % SLICE === 0) yield;
      const witness = taker.route === locked.route ? undefined : takenBy(taker, locked, paths);
      if (witness) takings.push({ locked, taker, witness });
      if (takings.length >= MOST_TAKINGS) return takings;
    }
  }
  return takings;
}

function takenBy(taker: Entry, locked: Entry, paths: PathRules): Witness | undefined {
  const method = methodsToTry(taker, locked).find(
    (one) => takesMethod(taker, one) && takesMethod(locked, one) && compareEntries(taker, locked, one) < 0,
  );
  return method === undefined ? undefined : findWitness(taker, locked, method, paths);
}

/** All that may matter: what either names, and one method that is named by neither where both take any. */
function methodsToTry(taker: Entry, locked: Entry): readonly string[] {
  const named = [taker, locked].flatMap(({ pattern: { methods } }) => (methods === 'ANY' ? [] : methods));
  return named.length === 0 ? ['GET'] : [...named, 'HEAD'];
}
