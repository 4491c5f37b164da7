// Decides who answers a request. Synchronous and deterministic: what it needs comes in.

import type { Parameters, Route, Side } from '../routing/route.ts';
import type { MatchResult, Table } from '../routing/table.ts';

/** Why a side was chosen: a closed list, the same words in logs, metrics and `x-banyan`. */
export const reasons = ['undeclared', 'stage', 'respelled'] as const;
export type Reason = (typeof reasons)[number];

/** How a request is to be answered. */
export type Answer =
  | { readonly kind: 'forward'; readonly upstream: string }
  | { readonly kind: 'handler'; readonly key: string; readonly fallback: 'legacy' | 'none' }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'not-found' };

/** Who answers one request and why: made once, kept from beginning to end. */
export type Decision = {
  /** Undefined where no route matches. */
  readonly route: Route | undefined;
  readonly parameters: Parameters;
  /** `edge` where the edge itself answers: 410, or 404 without legacy. */
  readonly side: Side | 'edge';
  readonly reason: Reason;
  readonly revision: string;
  readonly answer: Answer;
};

const NO_PARAMETERS: Parameters = Object.freeze(Object.create(null));
const TO_LEGACY: Answer = { kind: 'forward', upstream: 'legacy' };

/**
 * Decides one request from its match in the table. No match is an undeclared endpoint; a path that servers
 * read differently goes to legacy, where its routes say so instead of refusing it.
 */
export function decide(table: Pick<Table, 'revision' | 'unmatched'>, match: MatchResult): Decision {
  if (match.kind !== 'matched') return withoutRoute(table, match.kind === 'respelled');
  const { route, parameters } = match;
  const answer = answerOf(route);
  return { route, parameters, side: sideOf(answer), reason: 'stage', revision: table.revision, answer };
}

function withoutRoute(
  { unmatched, revision }: Pick<Table, 'revision' | 'unmatched'>,
  isRespelled: boolean,
): Decision {
  const answer: Answer = isRespelled || unmatched === 'legacy' ? TO_LEGACY : { kind: 'not-found' };
  const reason = isRespelled ? 'respelled' : 'undeclared';
  return { route: undefined, parameters: NO_PARAMETERS, side: sideOf(answer), reason, revision, answer };
}

function answerOf(route: Route): Answer {
  switch (route.stage.word) {
    // Shadow and canary are parsed and checked, and answered by legacy until they are acted on.
    case 'legacy':
    case 'shadow':
    case 'canary':
      return TO_LEGACY;
    case 'gone':
      return { kind: 'gone' };
    case 'new':
      return newAnswer(route);
  }
}

function newAnswer(route: Route): Answer {
  const side = route.newSide;
  if (!side) throw new Error(`route ${route.name} is at stage new without a new side`);
  switch (side.kind) {
    case 'handler':
      return { kind: 'handler', key: side.key, fallback: route.fallback };
    case 'upstream':
      return { kind: 'forward', upstream: side.upstream };
    case 'redirect':
      return { kind: 'redirect', status: side.status, location: side.location };
  }
}

function sideOf(answer: Answer): Side | 'edge' {
  switch (answer.kind) {
    case 'forward':
      return answer.upstream === 'legacy' ? 'legacy' : 'new';
    case 'handler':
      return 'new';
    case 'redirect':
      return 'new';
    case 'gone':
    case 'not-found':
      return 'edge';
  }
}
