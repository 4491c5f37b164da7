// Forwarding: the raw request to an upstream, the raw answer back, as streams with backpressure.
// Nothing is parsed, decompressed or followed. undici's dispatch does the HTTP.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { type Dispatcher, Pool } from 'undici';
import type { Upstream } from '../routing/route.ts';
import type { ForwardEnd, Forwarder, ForwardRequest, ForwardStage } from './forwarder.ts';
import { single, visitorResponseHeaders } from './headers.ts';
import { MAX_HEADER_BYTES } from './limits.ts';
import { hasBody } from './receive.ts';
import { breakOff, sendChunk, sendEnd, sendHead, sendWhole } from './reply.ts';

const ASCII = /^[ -~]*$/;

/** Methods that an upstream may be asked twice, where the first time nothing came back. */
const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What the end of a connection looks like. */
const CLOSED: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** The largest body that is sent in one piece with its head, in bytes. */
const SMALL = 16 * 1024;

/**
 * Creates the connections to one upstream; they are opened as they are needed. A GET, HEAD or OPTIONS
 * without a body that met a connection which the upstream had just closed is asked once more, on a new one.
 */
export function createPool(upstream: Upstream): Omit<Forwarder, 'tunnel'> {
  const kept = openPool(upstream);
  const fresh = openPool(upstream);
  const connects = { count: 0 };
  kept.on('connect', () => {
    connects.count += 1;
  });
  return {
    forward: (req, res, request, done) => {
      const options = dispatchOptions(req, request);
      const added = request.addedResponseHeaders;
      const again = () =>
        dispatch(fresh, { ...options, reset: true }, new Exchange(req, res, added, connects, done));
      const mayRepeat = options.body === null && REPEATABLE.has(options.method);
      const first = (end: ForwardEnd) =>
        mayRepeat && end.kind === 'failed' && end.stale ? again() : done(end);
      dispatch(kept, options, new Exchange(req, res, added, connects, first));
    },
    close: async () => {
      await Promise.all([kept.destroy(), fresh.destroy()]);
    },
  };
}

function openPool({ origin, timeouts }: Upstream): Pool {
  return new Pool(origin, {
    connect: { timeout: timeouts.connect },
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.idle,
    pipelining: 1,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
}

/** undici throws for what it will not send; for the visitor that is a failure like any other. */
function dispatch(pool: Pool, options: Dispatcher.DispatchOptions, exchange: Exchange): void {
  try {
    pool.dispatch(options, exchange);
  } catch (error) {
    exchange.onError(error instanceof Error ? error : new Error(String(error)));
  }
}

/**
 * The body goes through a stream of its own: undici destroys the stream that it is given when the
 * upstream answers early, and with the request itself the visitor's connection would go.
 */
function dispatchOptions(req: IncomingMessage, request: ForwardRequest): Dispatcher.DispatchOptions {
  return {
    path: request.target,
    method: (req.method ?? 'GET') as Dispatcher.HttpMethod,
    headers: request.headers,
    body: hasBody(req) ? req.pipe(new PassThrough()) : null,
  };
}

/** Gives a reason phrase back the bytes that undici has read as UTF-8; Node writes characters as bytes. */
function asBytes(reason: string): string {
  return ASCII.test(reason) ? reason : Buffer.from(reason, 'utf8').toString('latin1');
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}

/** One request on its way: undici calls it with the answer, it writes to the visitor. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #added: readonly string[];
  readonly #done: (end: ForwardEnd) => void;
  readonly #connects: { readonly count: number };
  readonly #connectsBefore: number;
  /** Whether the connection stood before this request: only then can it have been closed unnoticed. */
  #reused = false;
  #abort: ((error?: Error) => void) | undefined;
  #stage: ForwardStage = 'connect';
  #status = 0;
  #length = Number.NaN;
  /** A small body that came whole: undici tells of its end in the same breath, so nothing waits. */
  #whole: Buffer | undefined;
  #over = false;

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    added: readonly string[],
    connects: { readonly count: number },
    done: (end: ForwardEnd) => void,
  ) {
    this.#req = req;
    this.#connects = connects;
    this.#connectsBefore = connects.count;
    this.#res = res;
    this.#added = added;
    this.#done = done;
    res.on('close', this.#onClose);
    req.on('close', this.#onClose);
  }

  onConnect(abort: (error?: Error) => void): void {
    if (this.#over) return abort();
    this.#abort = abort;
    this.#reused = this.#connects.count === this.#connectsBefore;
    this.#stage = 'headers';
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void, reason: string): boolean {
    if (this.#over || status < 200) return true;
    const headers = visitorResponseHeaders(rawHeaders.map((part) => part.toString('latin1')));
    for (const text of this.#added) headers.push(text);
    this.#length = Number(single(headers, 'content-length').value);
    sendHead(this.#res, status, asBytes(reason), headers);
    this.#stage = 'body';
    this.#status = status;
    // 'drain' may come while undici's parser is at work on this very answer; it must not be entered twice.
    this.#res.on('drain', () => queueMicrotask(resume));
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#over) return true;
    if (chunk.length === this.#length && chunk.length <= SMALL) {
      this.#whole = chunk;
      return true;
    }
    return sendChunk(this.#res, chunk);
  }

  onComplete(): void {
    if (this.#over) return;
    if (this.#whole) sendWhole(this.#res, this.#whole);
    else sendEnd(this.#res);
    this.#finish({ kind: 'answered', status: this.#status });
  }

  onError(error: Error & { code?: string }): void {
    if (this.#over) return;
    // PHP may send a length with 304 or 204 (RFC 9110 §8.6). undici waits for no body, and then misses it.
    if (error.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && hasNoBody(this.#status))
      return this.onComplete();
    const stage = this.#stage;
    const code = error.code ?? error.name;
    const stale = stage === 'headers' && this.#reused && CLOSED.has(code);
    this.#finish({ kind: 'failed', stage, code, message: error.message, stale });
    if (stage === 'body') breakOff(this.#res);
  }

  readonly #onClose = (): void => {
    if (this.#over || this.#res.writableFinished) return;
    // A response that waits behind another on its connection is not told of its end, and a request is
    // told of its own: what counts is whether the connection is still there.
    if (!this.#req.socket.destroyed) return;
    this.#finish({ kind: 'client-gone' });
    this.#abort?.(new Error('the visitor has gone'));
  };

  #finish(end: ForwardEnd): void {
    this.#over = true;
    this.#res.off('close', this.#onClose);
    this.#req.off('close', this.#onClose);
    this.#done(end);
  }
}
