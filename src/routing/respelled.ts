// One reading of a path: a declared route is neither reached nor avoided by spelling its path another way.

import { eachCapture } from './captured.ts';
import type { Entry } from './entry.ts';
import { countOdd, otherReadings } from './readings.ts';
import type { Respelled, Route } from './route.ts';
import type { MatchResult } from './table.ts';

/** What another reading of a path leads to. */
export type OtherReading = Extract<MatchResult, { readonly kind: 'needs-body' | 'respelled' }>;

/** States that it matters who answers a route: a respelled path may not change it. */
export function isGuarded({ stage, lock }: Route): boolean {
  return stage.word === 'canary' || stage.word === 'new' || stage.word === 'gone' || lock !== undefined;
}

/**
 * Looks for a reading of a path, its escapes made even, that another declared route would answer than the canonical one's, where
 * one of the two is guarded. `find` matches one canonical path; `otherwise` is what holds without a route.
 */
export function otherReading(
  path: string,
  canonical: Route | undefined,
  otherwise: Respelled,
  find: (path: string) => Route | 'needs-body' | undefined,
): OtherReading | undefined {
  const readings = otherReadings(path);
  if (readings === undefined) {
    const answer = canonical?.respelled ?? otherwise;
    return { kind: 'respelled', canonical, other: undefined, reading: path, answer };
  }
  for (const reading of readings) {
    const other = find(reading);
    if (other === 'needs-body') return { kind: 'needs-body' };
    if (other === undefined || other === canonical) continue;
    if (isGuarded(other) || (canonical && isGuarded(canonical))) {
      const refuses = other.respelled === 'refuse' || canonical?.respelled === 'refuse';
      return { kind: 'respelled', canonical, other, reading, answer: refuses ? 'refuse' : 'legacy' };
    }
  }
  return undefined;
}

/**
 * States that all that may be read differently is what the parameters of a handler captured. A handler
 * gets it decoded once and nobody reads it again; legacy or an upstream would.
 */
export function isCapturedByHandler(entry: Entry, even: string, path: string): boolean {
  const { stage, newSide } = entry.route;
  if (stage.word !== 'new' || newSide?.kind !== 'handler') return false;
  let captured = 0;
  eachCapture(entry, path, (_name, text) => {
    captured += countOdd(text);
  });
  return captured === countOdd(even);
}
