// Who answers a request, and why the others do not. Slower than the table and written apart from it: every
// pattern is held against the request, and a property test holds the two against each other.
import { canonicalPath, evenPath } from './canonical-path.ts';
import { type Attempt, attemptPattern, type Difference } from './explain-attempt.ts';
import { compareAttempts } from './explain-order.ts';
import { ExplainedRequest } from './explain-request.ts';
import { countOdd, isOdd } from './readings.ts';
import { isGuarded, otherReading } from './respelled.ts';
import type { Pattern, Route, TableSpec } from './route.ts';
import type { MatchInput, MatchResult } from './table.ts';

/** What one pattern makes of a request. */
export type Candidate = {
  readonly route: Route;
  readonly pattern: Pattern;
  readonly verdict: 'wins' | 'loses' | 'differs';
  /** What sets it apart, in a word; `specificity` where it matches and another is more specific. */
  readonly differs: Difference['kind'] | 'specificity' | undefined;
  /** `loses to product-page: literal before parameter`; empty for the one that wins. */
  readonly reason: string;
};

/** Who answers a request and why. */
export type Explanation = {
  readonly result: MatchResult;
  /** The canonical path that was matched. */
  readonly path: string;
  /** All patterns of the table: the one that wins, then those nearest to winning. */
  readonly candidates: readonly Candidate[];
};

/** Explains what a table of these routes makes of a request. */
export function explain(spec: TableSpec, input: MatchInput): Explanation {
  const path = canonicalPath(input.path);
  const attempts = attemptAll(spec, input, path);
  return { path, result: resultOf(spec, input, attempts), candidates: candidatesOf(attempts) };
}

function attemptAll(spec: TableSpec, input: MatchInput, path: string): readonly Attempt[] {
  const request = new ExplainedRequest(input, path, spec.paths);
  const attempts = spec.routes.flatMap((route) =>
    route.patterns.map((pattern) => attemptPattern(route, pattern, request)),
  );
  return attempts.toSorted((one, other) => compareAttempts(one, other, input.method).order);
}

/** The first is the best: those that do not match are sorted behind all that do. */
function best(attempts: readonly Attempt[]): Attempt | undefined {
  return attempts[0]?.difference ? undefined : attempts[0];
}

function resultOf(spec: TableSpec, input: MatchInput, attempts: readonly Attempt[]): MatchResult {
  const winner = best(attempts);
  if (winner && needsBody(winner, input)) return { kind: 'needs-body' };
  const even = evenPath(input.path);
  if (spec.routes.some(isGuarded) && isOdd(even) && !(winner && isCaptured(winner, even))) {
    const other = otherReading(even, winner?.route, spec.respelled, (reading) => {
      const found = best(attemptAll(spec, input, reading));
      return found && needsBody(found, input) ? 'needs-body' : found?.route;
    });
    if (other) return other;
  }
  if (!winner) return { kind: 'undeclared' };
  return { kind: 'matched', route: winner.route, parameters: winner.parameters() };
}

function needsBody({ route }: Attempt, { body }: MatchInput): boolean {
  return route.body.length > 0 && body === undefined;
}

/** What a handler's parameters captured is nobody else's to read. */
function isCaptured({ route, captures }: Attempt, even: string): boolean {
  if (route.stage.word !== 'new' || route.newSide?.kind !== 'handler') return false;
  const captured = [...captures.values()].reduce((sum, text) => sum + countOdd(text), 0);
  return captured === countOdd(even);
}

function candidatesOf(attempts: readonly Attempt[]): readonly Candidate[] {
  const winner = best(attempts);
  return attempts.map((attempt): Candidate => {
    const { route, pattern, difference, method } = attempt;
    if (difference)
      return { route, pattern, verdict: 'differs', differs: difference.kind, reason: difference.reason };
    if (attempt === winner || !winner)
      return { route, pattern, verdict: 'wins', differs: undefined, reason: '' };
    const { why } = compareAttempts(winner, attempt, method);
    return {
      ...{ route, pattern, verdict: 'loses', differs: 'specificity' },
      reason: `loses to ${winner.route.name}: ${why}`,
    };
  });
}
