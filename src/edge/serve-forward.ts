// Serving by an upstream: what it is asked, and what its answer or failure means for the visitor.
import { declaredLength, overRouteLimit } from '../native/body-limits.ts';
import type { Route } from '../routing/route.ts';
import type { Exchange, Served } from './exchange.ts';
import type { ForwardEnd, ForwardRequest } from './upstream/forwarder.ts';

const NO_TIMEOUTS: ForwardRequest['timeouts'] = {};

/** What came too late, rather than wrong. */
const TIMEOUTS: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'connect-timeout',
  'headers-timeout',
  'total-timeout',
]);

/** Forwards a request to an upstream, or opens a tunnel to it, and ends the exchange. */
export function forward(exchange: Exchange, served: Served, upstream: string): void {
  const { req, res, upgrade, parts } = exchange;
  if (res.destroyed || req.socket.destroyed) return exchange.leave();
  const { route } = served.decision;
  const bodyLimit = (route ?? served.snapshot.table).limits.body;
  if (bodyLimit !== undefined && declaredLength(req) > bodyLimit)
    return exchange.refuse(413, 'body-too-large', overRouteLimit(bodyLimit));
  const request: ForwardRequest = {
    target: served.target,
    caller: served.caller,
    startedAt: exchange.startedAt,
    timeouts: route?.timeouts ?? NO_TIMEOUTS,
    bodyLimit,
    methodOverride: passesMethodOverride(route),
    addedResponseHeaders: exchange.explanation(),
  };
  const forwarder = parts.forwarder(served.snapshot, upstream);
  const done = (end: ForwardEnd) => forwarded(exchange, end);
  if (upgrade) return forwarder.tunnel(req, res, upgrade, request, done);
  forwarder.forward(req, res, request, done);
}

/** Legacy may rely on such fields; where a route has left it, they would undo what the route says of methods. */
function passesMethodOverride(route: Route | undefined): boolean {
  return route === undefined || route.stage.word === 'legacy' || route.methodOverride;
}

function forwarded(exchange: Exchange, end: ForwardEnd): void {
  switch (end.kind) {
    case 'answered':
      return exchange.end('answered', end.status, end.leaks);
    case 'client-gone':
      return exchange.leave();
    case 'failed':
      return failed(exchange, end);
  }
}

function failed(exchange: Exchange, { stage, code, message }: ForwardEnd & { kind: 'failed' }): void {
  const part = code === 'body-too-large' ? 'request' : 'upstream';
  exchange.failure = { part, code, message: `${stage}: ${message}` };
  if (stage === 'body') return exchange.end('broken-off', exchange.res.statusCode);
  if (part === 'request') return exchange.page(413);
  exchange.page(TIMEOUTS.has(code) ? 504 : 502);
}
