// Forwarding: the raw request to an upstream, the raw answer back, as streams with backpressure.
// Nothing is parsed, decompressed or followed. undici's dispatch does the HTTP.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import type { Upstream } from '../routing/route.ts';
import { visitorResponseHeaders } from './headers.ts';
import { breakOff, sendChunk, sendEnd, sendHead } from './reply.ts';
import { openTunnel, type Upgrade } from './tunnel.ts';

/** How far a forwarded request came before it failed. */
export type ForwardStage = 'connect' | 'headers' | 'body';

/** How forwarding one request ended. A failure before `body` has sent nothing to the visitor. */
export type ForwardEnd =
  | { readonly kind: 'answered'; readonly status: number; readonly bytes: number }
  | { readonly kind: 'client-gone' }
  | {
      readonly kind: 'failed';
      readonly stage: ForwardStage;
      readonly code: string;
      readonly message: string;
    };

/** What is sent to the upstream besides the body, and what is added to its answer. */
export type ForwardRequest = {
  readonly target: string;
  readonly headers: string[];
  readonly addedResponseHeaders: readonly string[];
};

/** Connections to one upstream. */
export type Forwarder = {
  /** Forwards one request; calls back once, when the answer has been given or has failed. */
  forward(
    req: IncomingMessage,
    res: ServerResponse,
    request: ForwardRequest,
    done: (end: ForwardEnd) => void,
  ): void;
  /** Forwards a request for a WebSocket; calls back once, when the tunnel has closed or was refused. */
  tunnel(
    req: IncomingMessage,
    res: ServerResponse,
    upgrade: Upgrade,
    request: ForwardRequest,
    done: (end: ForwardEnd) => void,
  ): void;
  close(): Promise<void>;
};

/** Creates the connection pool of one upstream. Connections are opened as they are needed. */
export function createForwarder(upstream: Upstream): Forwarder {
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
    tunnel: (req, res, upgrade, request, done) => openTunnel(req, res, upgrade, upstream, request, done),
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
  #bytes = 0;
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
    sendHead(this.#res, status, reason, headers);
    this.#res.on('drain', resume);
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#over) return true;
    this.#bytes += chunk.length;
    return sendChunk(this.#res, chunk);
  }

  onComplete(): void {
    if (this.#over) return;
    sendEnd(this.#res);
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
