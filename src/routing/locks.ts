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

/** Finds what takes part of locked routes. */
export function findTakings(entries: readonly Entry[], hosts: Hosts, paths: PathRules): readonly Taking[] {
  const takings: Taking[] = [];
  for (const locked of entries.filter(({ route }) => route.lock !== undefined)) {
    for (const taker of overlapping(hosts, locked)) {
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
