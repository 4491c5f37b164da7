// How serving one request ended: one value, emitted once. Log and metrics are made from it.
import type { Decision } from '../rollout/decide.ts';

/** What went wrong, and where. `code` is short and stable; `message` may hold details. */
export type Failure = {
  readonly part: 'upstream' | 'handler' | 'session' | 'request' | 'edge';
  readonly code: string;
  readonly message: string;
  readonly error?: unknown;
};

export type Outcome = {
  readonly requestId: string;
  readonly method: string;
  /** The path as it was sent, without the query. */
  readonly path: string;
  readonly peer: string;
  /** Undefined where the edge refused the request before it was matched. */
  readonly decision: Decision | undefined;
  /** The status sent; 0 when the visitor left before one was. */
  readonly status: number;
  readonly ending: 'answered' | 'client-gone' | 'broken-off';
  /** What failed on the way, even where fallback made up for it. */
  readonly failure: Failure | undefined;
  /** Whether legacy answered in the new side's place. */
  readonly fallback: boolean;
  /** The fields of the answer in which the upstream's own address went out. */
  readonly leaks: readonly string[];
  /** From the request's turn on its connection to the end of the answer, in milliseconds. */
  readonly durationMs: number;
};

/** The outcome of a request that Node's parser could not read: nothing is known of it but who sent it. */
export function refusedOutcome(
  refused: { readonly status: number; readonly code: string; readonly peer: string },
  requestId: string,
): Outcome {
  const { status, code, peer } = refused;
  return {
    ...{ requestId, method: '', path: '', peer, status },
    decision: undefined,
    ending: 'answered',
    failure: { part: 'request', code, message: 'a request that cannot be read' },
    fallback: false,
    leaks: [],
    durationMs: 0,
  };
}
