// Serving by a handler: what its end means for the visitor, and when legacy answers in its place.
import type { NativeEnd } from '../native/end.ts';
import type { Answer } from '../rollout/decide.ts';
import { splitTarget } from '../routing/canonical-path.ts';
import { isOdd } from '../routing/readings.ts';
import type { Exchange, Served } from './exchange.ts';
import { cleanForHandler } from './fields/to-handler.ts';
import { keepAlive } from './fresh-response.ts';
import { forward } from './serve-forward.ts';
import { hasBody } from './visitor/receive.ts';

type ByHandler = Answer & { readonly kind: 'handler' };

const TOO_MANY = 'as many requests as limits.inFlight says are with the handler already';
const RETRY_SOON = ['Retry-After', '1'];

/** Runs the handler of a decision and ends the exchange. */
export function runHandler(exchange: Exchange, served: Served, answer: ByHandler): void {
  const { req, res, parts, requestId } = exchange;
  const handler = served.snapshot.handlers.get(answer.key);
  if (!handler) throw new Error(`handler ${answer.key} is not in the snapshot`);
  keepAlive(res, res.shouldKeepAlive);
  const [name, value] = exchange.explanation();
  if (name && value) res.setHeader(name, value);
  const { route, parameters: params } = served.decision;
  if (!route) throw new Error(`handler ${answer.key} answers without a route`);
  cleanForHandler(req, served.caller, route.methodOverride);
  const { compression } = served.snapshot.table;
  const { session } = exchange;
  parts.handlers.run(handler, { req, res, route, params, requestId, compression, session }, (end) => {
    try {
      handled(exchange, served, answer, end, handler.options.writes);
    } catch (error) {
      exchange.crash(error);
    }
  });
}

function handled(
  exchange: Exchange,
  served: Served,
  answer: ByHandler,
  end: NativeEnd,
  writes: boolean,
): void {
  switch (end.kind) {
    case 'answered':
      return exchange.end('answered', exchange.res.statusCode);
    case 'client-gone':
      return exchange.leave();
    case 'refused':
      if (end.message !== undefined || exchange.res.headersSent)
        exchange.failure = {
          part: 'request',
          code: end.code,
          message: end.message ?? 'the answer had begun',
        };
      return exchange.failVisibly(end.status);
    case 'busy':
      exchange.failure = { part: 'handler', code: 'too-many', message: TOO_MANY };
      return exchange.page(503, RETRY_SOON);
    case 'declined':
      exchange.failure = { part: 'session', code: end.code, message: end.message };
      return mayFallBack(served, answer) ? fallBack(exchange, served) : exchange.page(503);
    case 'failed':
      return failed(exchange, served, answer, end, writes);
  }
}

function failed(
  exchange: Exchange,
  served: Served,
  answer: ByHandler,
  end: NativeEnd & { kind: 'failed' },
  writes: boolean,
): void {
  const { req, res, method } = exchange;
  exchange.failure = { part: 'handler', code: end.code, message: end.message, error: end.error };
  const isSafe = (method === 'GET' || method === 'HEAD') && !writes;
  // A body that the handler has read cannot be given to legacy as well.
  const isWhole = !hasBody(req) || !req.readableDidRead;
  if (isSafe && isWhole && mayFallBack(served, answer) && !res.headersSent) return fallBack(exchange, served);
  exchange.failVisibly(end.code === 'deadline' ? 504 : 500);
}

/**
 * What a parameter captured may be another path to legacy, which would decode it once more (`/page/..%2Fadmin`):
 * the handler was asked in the knowledge that it reads it once.
 */
function mayFallBack({ target }: Served, { fallback }: ByHandler): boolean {
  return fallback === 'legacy' && !isOdd(splitTarget(target).path);
}

/** Legacy answers in the handler's place. */
function fallBack(exchange: Exchange, served: Served): void {
  exchange.fallBack();
  forward(exchange, served, 'legacy');
}
