// Forwarding: the raw request to an upstream, the raw answer back, as streams with backpressure.
// Nothing is parsed, decompressed or followed. undici's dispatch does the HTTP.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import type { Upstream } from '../routing/route.ts';
import type { ForwardEnd, Forwarder, ForwardRequest, ForwardStage } from './forwarder.ts';
import { single, visitorResponseHeaders } from './headers.ts';
import { breakOff, sendChunk, sendEnd, sendHead, sendWhole } from './reply.ts';

/** The largest body that is sent in one piece with its head, in bytes. */
const SMALL = 16 * 1024;

/** Creates the connection pool of one upstream. Connections are opened as they are needed. */
export function createPool(upstream: Upstream): Omit<Forwarder, 'tunnel'> {
  const { connect, headers, idle } = upstream.timeouts;
  const pool = new Pool(upstream.origin, {
    connect: { timeout: connect },
    headersTimeout: headers,
    bodyTimeout: idle,
    pipelining: 1,
  });
  return {
    forward: (req, res, request, done) => {
      const exchange = new Exchange(res, request.addedResponseHeaders, done);
      const options = dispatchOptions(req, request);
      try {
        pool.dispatch(options, exchange);
      } catch (error) {
        exchange.onError(error instanceof Error ? error : new Error(String(error)));
      }
    },
    close: () => pool.destroy(),
  };
}

function dispatchOptions(req: IncomingMessage, request: ForwardRequest): Dispatcher.DispatchOptions {
  return {
    path: request.target,
    method: (req.method ?? 'GET') as Dispatcher.HttpMethod,
    headers: request.headers,
    body: hasBody(req) ? req : null,
  };
}

/** A request has a body exactly when it is framed as one (RFC 9112 §6). */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** One request on its way: undici calls it with the answer, it writes to the visitor. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #res: ServerResponse;
  readonly #added: readonly string[];
  readonly #done: (end: ForwardEnd) => void;
  #abort: ((error?: Error) => void) | undefined;
  #stage: ForwardStage = 'connect';
  #status = 0;
  #length = Number.NaN;
  #bytes = 0;
  /** A small body that came whole: undici tells of its end in the same breath, so nothing waits. */
  #whole: Buffer | undefined;
  #over = false;

  constructor(res: ServerResponse, added: readonly string[], done: (end: ForwardEnd) => void) {
    this.#res = res;
    this.#added = added;
    this.#done = done;
    res.on('close', this.#onClose);
  }

  onConnect(abort: (error?: Error) => void): void {
    if (this.#over) return abort();
    this.#abort = abort;
    this.#stage = 'headers';
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void, reason: string): boolean {
    if (this.#over || status < 200) return true;
    this.#stage = 'body';
    this.#status = status;
    const headers = visitorResponseHeaders(rawHeaders.map((part) => part.toString('latin1')));
    for (const text of this.#added) headers.push(text);
    this.#length = Number(single(headers, 'content-length').value);
    sendHead(this.#res, status, reason, headers);
    this.#res.on('drain', resume);
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#over) return true;
    this.#bytes += chunk.length;
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
    this.#finish({ kind: 'answered', status: this.#status, bytes: this.#bytes });
  }

  onError(error: Error & { code?: string }): void {
    if (this.#over) return;
    const stage = this.#stage;
    this.#finish({ kind: 'failed', stage, code: error.code ?? error.name, message: error.message });
    if (stage === 'body') breakOff(this.#res);
  }

  readonly #onClose = (): void => {
    if (this.#over || this.#res.writableFinished) return;
    this.#finish({ kind: 'client-gone' });
    this.#abort?.(new Error('the visitor has gone'));
  };

  #finish(end: ForwardEnd): void {
    this.#over = true;
    this.#done(end);
  }
}
