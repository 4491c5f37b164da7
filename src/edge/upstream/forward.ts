// Forwarding: the raw request to an upstream, the raw answer back, as streams with backpressure.
// Nothing is parsed, decompressed or followed. undici's dispatch does the HTTP.
import type { IncomingMessage } from 'node:http';
import { PassThrough, Transform, type TransformCallback } from 'node:stream';
import type { Dispatcher } from 'undici';
import { overRouteLimit } from '../../native/body-limits.ts';
import type { Upstream } from '../../routing/route.ts';
import { upstreamRequestHeaders } from '../fields/to-upstream.ts';
import { waitsToBeAsked } from '../visitor/expectation.ts';
import { hasBody } from '../visitor/receive.ts';
import { hasLeft } from '../visitor/visitor-connection.ts';
import { FieldTexts } from './field-texts.ts';
import type { ForwardEnd, Forwarder, ForwardRequest } from './forwarder.ts';
import { type Answering, type Asked, Forwarding } from './forwarding.ts';
import { isUnreachable, type Origin, Origins } from './origins.ts';
import { ownAddress } from './own-address.ts';
import { openTunnel } from './tunnel.ts';

/** Methods that an upstream may be asked twice, where the first time nothing came back. */
const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What a request carries: a body that has come whole is sent as one piece. */
type Body = Buffer | Transform | null;

/**
 * Creates what forwards to one upstream; connections are opened as they are needed. Asked once more is a
 * GET, HEAD or OPTIONS without a body that met a connection which the upstream had just closed (on a new
 * one), and any request of which nothing was sent because its address could not be reached (at the next
 * address), unless its body has begun to flow.
 */
export function createForwarder(upstream: Upstream): Forwarder {
  const origins = new Origins(upstream, () => performance.now());
  const answering: Answering = {
    own: ownAddress(upstream),
    texts: new FieldTexts(),
    timeouts: upstream.timeouts,
  };
  const send = (origin: Origin, options: Dispatcher.DispatchOptions, asked: Asked, from: From) => {
    const { connections } = origin;
    const connection = from === 'take' ? connections.take() : connections[from]();
    const forwarding = new Forwarding(asked, answering, connections, connection);
    try {
      connection.client.dispatch(from === 'takeFresh' ? { ...options, reset: true } : options, forwarding);
    } catch (error) {
      // undici throws for what it will not send; for the visitor that is a failure like any other.
      forwarding.onError(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return {
    forward: (req, res, request, done) => {
      const ask = (body: Body, mayRepeat: boolean, from: From) => {
        const options = dispatchOptions(req, request, upstream, body);
        const origin = origins.next();
        const first = (end: ForwardEnd) => {
          const isElsewhere = noteUnreachable(origins, origin, end) && origins.count > 1;
          if (end.kind !== 'failed' || body instanceof Transform) return done(end);
          const again = { req, res, request, endsAt, done };
          if (isElsewhere) return send(origins.next(), options, again, 'takeFresh');
          const isUnsent = end.stage === 'connect';
          if (end.stale && (isUnsent || mayRepeat)) return send(origin, options, again, 'takeFresh');
          done(end);
        };
        send(origin, options, { req, res, request, endsAt, done: first }, from);
      };
      const total = request.timeouts.total ?? upstream.timeouts.total;
      const endsAt = total === undefined ? undefined : request.startedAt + total;
      const carries = hasBody(req);
      if (!carries) takeAsRead(req);
      if (!carries && REPEATABLE.has(req.method ?? 'GET')) return ask(null, true, 'take');
      // What the upstream has closed by now is noticed before a connection is chosen.
      setImmediate(() => {
        if (hasLeft(req)) return done({ kind: 'client-gone' });
        // In one turn with send(): a body beyond its limit fails as it flows, and undici must listen by then.
        const body = carries ? bodyOf(req, request.bodyLimit) : null;
        ask(body, false, 'takeRecent');
      });
    },
    tunnel: (req, res, upgrade, request, done) => {
      const origin = origins.next();
      openTunnel(req, res, upgrade, { upstream, origin: origin.url, own: answering.own }, request, (end) => {
        noteUnreachable(origins, origin, end);
        done(end);
      });
    },
    close: () => origins.close(),
  };
}

/** Leaves an address alone for a while where an attempt could not reach it; tells whether that was so. */
function noteUnreachable(origins: Origins, origin: Origin, end: ForwardEnd): boolean {
  const unreachable = isUnreachable(end);
  if (unreachable) origins.passOver(origin);
  return unreachable;
}

/** Which connection is taken. */
type From = 'take' | 'takeRecent' | 'takeFresh';

function dispatchOptions(
  req: IncomingMessage,
  { target, caller, timeouts, methodOverride }: ForwardRequest,
  { host }: Upstream,
  body: Body,
): Dispatcher.DispatchOptions {
  return {
    path: target,
    method: (req.method ?? 'GET') as Dispatcher.HttpMethod,
    headers: upstreamRequestHeaders(req.rawHeaders, caller, { host, methodOverride }),
    body,
    // One request at a time is given to a connection: nothing stands behind it that would have to wait.
    blocking: false,
    headersTimeout: timeouts.headers ?? null,
  };
}

/**
 * Begins to read a request that has no body. Of one that nobody has read, Node reads the end when it has been
 * answered, in four turns of its queue, to tell of it.
 */
function takeAsRead(req: IncomingMessage): void {
  // Of one that expects to be asked for its body, reading is to ask.
  if (!waitsToBeAsked(req)) req.read(0);
}

function bodyOf(req: IncomingMessage, limit: number | undefined): Buffer | Transform {
  return wholeBody(req, limit) ?? bodyStream(req, limit);
}

/**
 * Returns a body that has come whole by now, as forms do, and is within its limit. As a stream it would take twice
 * the processor time of all else that is done for the request.
 */
function wholeBody(req: IncomingMessage, limit = Number.POSITIVE_INFINITY): Buffer | undefined {
  const { readableLength } = req;
  if (!req.complete || readableLength === 0 || readableLength > limit || waitsToBeAsked(req))
    return undefined;
  const body: unknown = req.read(readableLength);
  return Buffer.isBuffer(body) ? body : undefined;
}

/**
 * The body goes through a stream of its own: undici destroys the stream that it is given when the
 * upstream answers early, and with the request itself the visitor's connection would go.
 */
function bodyStream(req: IncomingMessage, limit: number | undefined): Transform {
  const stream = limit === undefined ? new PassThrough() : new LimitedBody(limit);
  // undici listens as long as the request is with it; what fails behind that must not escape.
  return req.pipe(stream.on('error', () => {}));
}

/** A body that says no length beforehand fails with `body-too-large` where it exceeds the limit. */
class LimitedBody extends Transform {
  readonly #limit: number;
  #size = 0;

  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  override _transform(chunk: Buffer, _encoding: string, callback: TransformCallback): void {
    this.#size += chunk.length;
    if (this.#size <= this.#limit) return callback(null, chunk);
    callback(Object.assign(new Error(overRouteLimit(this.#limit)), { code: 'body-too-large' }));
  }
}
