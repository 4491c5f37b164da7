// Outcomes for tests of what is made from them.
import type { Outcome } from '../../src/edge/outcome.ts';
import { decide } from '../../src/rollout/decide.ts';
import { asked, table } from '../routing/patterns.ts';

const where = table({ page: 'GET /page' });

/** An answered request to a route of its own at stage legacy, changed where a test needs it. */
export function outcome(more: Partial<Outcome> = {}): Outcome {
  return {
    requestId: 'id-1',
    method: 'GET',
    path: '/page',
    peer: '203.0.113.9',
    decision: decide(where, where.match(asked('GET /page'))),
    status: 200,
    ending: 'answered',
    failure: undefined,
    fallback: false,
    leaks: [],
    durationMs: 12.3456,
    ...more,
  };
}

/** A decision where no route matched. */
export const undeclared = decide(where, { kind: 'undeclared' });
