// The way of a request. Read this first: everything else in this folder is one of its steps.
//
//   snapshot → receive → match → decide → serve (forward · handler · redirect · gone) → outcome
import type { IncomingMessage, ServerResponse } from 'node:http';
import { decide } from '../rollout/decide.ts';
import { splitTarget } from '../routing/canonical-path.ts';
import type { MatchResult } from '../routing/table.ts';
import { Exchange, type Served, type ServeParts } from './exchange.ts';
import { ignoredForwarding } from './fields/caller.ts';
import { redirectLocation } from './redirect.ts';
import { sendEnd, sendHead } from './reply.ts';
import { forward } from './serve-forward.ts';
import { runHandler } from './serve-handler.ts';
import type { Upgrade } from './upstream/forwarder.ts';
import { peekForm } from './visitor/form-peek.ts';
import { RequestInput } from './visitor/match-input.ts';
import { hasBody, receive } from './visitor/receive.ts';

/**
 * Serves one request: the listener of the edge's HTTP server. Never throws: a bug ends one request only.
 * `upgrade` is there when the request asks to upgrade; `res` then answers all that is not tunnelled.
 */
export function serveRequest(
  req: IncomingMessage,
  res: ServerResponse,
  parts: ServeParts,
  upgrade?: Upgrade,
): void {
  const exchange = new Exchange(req, res, parts, upgrade);
  try {
    follow(req, exchange, parts);
  } catch (error) {
    exchange.crash(error);
  }
}

function follow(req: IncomingMessage, exchange: Exchange, parts: ServeParts): void {
  // 1. Snapshot: taken once, kept to the end.
  const snapshot = parts.snapshot();

  // 2. Receive: what is no clear request is answered at once.
  const received = receive(req, parts.receive, snapshot.table.limits);
  if (received.kind === 'refused') return exchange.refuse(received.status, received.code);
  if (received.kind === 'server-options') return exchange.answerServerOptions();
  if (exchange.upgrade && hasBody(req)) return exchange.refuse(400, 'upgrade-with-body');

  const ignored = ignoredForwarding(req.headers, received.caller);
  if (ignored) parts.onIgnoredForwarding(received.caller.peer, ignored);

  // 3. Match: a route may need to see the form that is sent.
  const { caller, target } = received;
  const input = new RequestInput(req, target, caller.host);
  const match = snapshot.table.match(input);
  const found = { exchange, snapshot, caller, target };
  if (match.kind !== 'needs-body') return answer(found, match);
  peekForm(req)
    .then((body) => {
      input.body = body;
      answer(found, snapshot.table.match(input));
    })
    .catch((error) => exchange.crash(error));
}

type Found = Omit<Served, 'decision'> & { readonly exchange: Exchange };

function answer({ exchange, snapshot, caller, target }: Found, match: MatchResult): void {
  // 4. Decide.
  if (match.kind === 'respelled' && match.answer === 'refuse') return exchange.refuse(400, 'respelled');
  const decision = decide(snapshot.table, match);

  // 5. Serve, and 6. emit the outcome when the answer has ended.
  serve(exchange, { snapshot, decision, caller, target });
}

function serve(exchange: Exchange, served: Served): void {
  exchange.decided(served);
  const { answer } = served.decision;
  switch (answer.kind) {
    case 'forward':
      return forward(exchange, served, answer.upstream);
    case 'handler':
      return runHandler(exchange, served, answer);
    case 'redirect':
      return redirect(exchange, served, answer);
    case 'gone':
      return exchange.page(410);
    case 'not-found':
      return exchange.page(404);
  }
}

function redirect(
  exchange: Exchange,
  { decision, target }: Served,
  { status, location }: { readonly status: number; readonly location: string },
): void {
  const where = redirectLocation(location, decision.parameters, splitTarget(target).query);
  const headers = ['Location', where, 'Content-Length', '0', ...exchange.explanation()];
  sendHead(exchange.res, status, undefined, headers);
  sendEnd(exchange.res);
  exchange.end('answered', status);
}
