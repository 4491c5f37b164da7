// The way of a request. Read this first: everything else in this folder is one of its steps.
//
//   receive → snapshot → match → decide → serve (forward · handler · redirect · gone) → outcome
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HandlerRunner, NativeEnd } from '../native/run.ts';
import { type Answer, type Decision, decide } from '../rollout/decide.ts';
import { canonicalPath, splitTarget } from '../routing/canonical-path.ts';
import { sendErrorPage } from './error-page.ts';
import type { ForwardEnd, Forwarder, Upgrade } from './forwarder.ts';
import { type Caller, single, upstreamRequestHeaders } from './headers.ts';
import type { Failure, Outcome } from './outcome.ts';
import { hasBody, plainAddress, type ReceiveOptions, receive } from './receive.ts';
import { redirectLocation } from './redirect.ts';
import { breakOff, seal, sendEnd, sendHead } from './reply.ts';
import type { Snapshot } from './snapshot.ts';

/** What serving needs from outside. */
export type ServeParts = {
  readonly receive: ReceiveOptions;
  readonly snapshot: () => Snapshot;
  readonly forwarder: (snapshot: Snapshot, upstream: string) => Forwarder;
  readonly handlers: HandlerRunner;
  readonly onOutcome: (outcome: Outcome) => void;
  readonly newRequestId: () => string;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
};

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
  // 1. Receive: what is no clear request is answered at once.
  const received = receive(req, parts.receive);
  if (!received.ok) return exchange.refuse(received.status, received.code);
  if (exchange.upgrade && hasBody(req)) return exchange.refuse(400, 'upgrade-with-body');

  // 2. Snapshot: taken once, kept to the end.
  const snapshot = parts.snapshot();

  // 3. Match on the canonical path; what is forwarded is the raw target.
  const target = splitTarget(received.target);
  const input = { method: req.method ?? '', path: canonicalPath(target.path), query: target.query };
  const match = snapshot.table.match(input);

  // 4. Decide.
  const decision = decide(snapshot.table, match);

  // 5. Serve, and 6. emit the outcome when the answer has ended.
  exchange.serve({ snapshot, decision, caller: received.caller, target: received.target });
}

/** What a request has been found to be. */
type Served = {
  readonly snapshot: Snapshot;
  readonly decision: Decision;
  readonly caller: Caller;
  readonly target: string;
};

/** One request and its answer, from the decision to the outcome. */
class Exchange {
  readonly upgrade: Upgrade | undefined;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #parts: ServeParts;
  readonly #peer: string;
  readonly #startedAt: number;
  readonly #requestId: string;
  #decision: Decision | undefined;
  #failure: Failure | undefined;
  #fallback = false;

  constructor(req: IncomingMessage, res: ServerResponse, parts: ServeParts, upgrade: Upgrade | undefined) {
    this.upgrade = upgrade;
    this.#req = req;
    this.#res = res;
    this.#parts = parts;
    this.#peer = plainAddress(req.socket.remoteAddress ?? '');
    this.#startedAt = parts.now();
    this.#requestId = parts.newRequestId();
  }

  refuse(status: number, code: string): void {
    this.#failure = { part: 'request', code, message: code };
    this.#page(status);
  }

  /** Ends the request after a bug of the edge's own. */
  crash(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#failure = { part: 'edge', code: 'bug', message, error };
    this.#failVisibly(500);
  }

  serve(served: Served): void {
    this.#decision = served.decision;
    const { answer, parameters } = served.decision;
    switch (answer.kind) {
      case 'forward':
        return this.#forward(served, answer.upstream);
      case 'handler':
        this.#runHandler(served, answer).catch((error) => this.crash(error));
        return;
      case 'redirect':
        return this.#redirect(
          served,
          answer,
          redirectLocation(answer.location, parameters, splitTarget(served.target).query),
        );
      case 'gone':
        return this.#page(410, served);
      case 'not-found':
        return this.#page(404, served);
    }
  }

  #forward(served: Served, upstream: string): void {
    if (this.#res.destroyed || this.#req.socket.destroyed) return this.#end('client-gone', 0);
    const request = {
      target: served.target,
      headers: upstreamRequestHeaders(this.#req.rawHeaders, served.caller),
      addedResponseHeaders: this.#explanation(served),
    };
    const forwarder = this.#parts.forwarder(served.snapshot, upstream);
    const done = (end: ForwardEnd) => this.#forwarded(served, end);
    if (this.upgrade) {
      return forwarder.tunnel(this.#req, this.#res, this.upgrade, request, done);
    }
    forwarder.forward(this.#req, this.#res, request, done);
  }

  #forwarded(served: Served, end: ForwardEnd): void {
    switch (end.kind) {
      case 'answered':
        return this.#end('answered', end.status);
      case 'client-gone':
        return this.#end('client-gone', this.#res.headersSent ? this.#res.statusCode : 0);
      case 'failed':
        this.#failure = { part: 'upstream', code: end.code, message: `${end.stage}: ${end.message}` };
        if (end.stage === 'body') return this.#end('broken-off', this.#res.statusCode);
        return this.#page(
          end.stage === 'headers' && end.code === 'UND_ERR_HEADERS_TIMEOUT' ? 504 : 502,
          served,
        );
    }
  }

  async #runHandler(served: Served, answer: Answer & { kind: 'handler' }): Promise<void> {
    const handler = served.snapshot.handlers.get(answer.key);
    if (!handler) throw new Error(`handler ${answer.key} is not in the snapshot`);
    const added = this.#explanation(served);
    if (added[0] && added[1]) this.#res.setHeader(added[0], added[1]);
    const end = await this.#parts.handlers.run(handler, {
      req: this.#req,
      res: this.#res,
      params: served.decision.parameters,
      requestId: this.#requestId,
    });
    this.#handled(served, answer, end, handler.options.writes);
  }

  #handled(served: Served, answer: Answer & { kind: 'handler' }, end: NativeEnd, writes: boolean): void {
    switch (end.kind) {
      case 'answered':
        return this.#end('answered', this.#res.statusCode);
      case 'client-gone':
        return this.#end('client-gone', this.#res.headersSent ? this.#res.statusCode : 0);
      case 'refused':
        return this.#page(end.status, served);
      case 'declined':
        this.#failure = { part: 'session', code: end.code, message: end.message };
        return answer.fallback === 'legacy' ? this.#fallBack(served) : this.#page(503, served);
      case 'failed':
        return this.#handlerFailed(served, answer, end, writes);
    }
  }

  #handlerFailed(
    served: Served,
    answer: Answer & { kind: 'handler' },
    end: NativeEnd & { kind: 'failed' },
    writes: boolean,
  ): void {
    this.#failure = { part: 'handler', code: end.code, message: end.message, error: end.error };
    const method = this.#req.method;
    const isSafe = (method === 'GET' || method === 'HEAD') && !writes;
    // A body that the handler has read cannot be given to legacy as well.
    const isWhole = !hasBody(this.#req) || !this.#req.readableDidRead;
    if (isSafe && isWhole && answer.fallback === 'legacy' && !this.#res.headersSent)
      return this.#fallBack(served);
    this.#failVisibly(end.code === 'deadline' ? 504 : 500, served);
  }

  /** An error page, or a broken connection where an answer has begun; an answer that is complete stands. */
  #failVisibly(status: number, served?: Served): void {
    if (!this.#res.headersSent) return this.#page(status, served);
    if (this.#res.writableEnded) return this.#end('answered', this.#res.statusCode);
    breakOff(this.#res);
    this.#end('broken-off', this.#res.statusCode);
  }

  /** Legacy answers in the handler's place; nothing the handler did to the response remains. */
  #fallBack(served: Served): void {
    seal(this.#res);
    this.#fallback = true;
    this.#forward(served, 'legacy');
  }

  #redirect(served: Served, answer: Answer & { kind: 'redirect' }, location: string): void {
    const headers = ['Location', location, 'Content-Length', '0', ...this.#explanation(served)];
    sendHead(this.#res, answer.status, undefined, headers);
    sendEnd(this.#res);
    this.#end('answered', answer.status);
  }

  #page(status: number, served?: Served): void {
    if (this.#res.destroyed) return this.#end('client-gone', 0);
    seal(this.#res);
    sendErrorPage(this.#req, this.#res, status, this.#requestId, served && this.#explanation(served));
    this.#end('answered', status);
  }

  /** `x-banyan`, for a trusted peer that asks for it by sending the field itself. */
  #explanation({ caller, decision }: Served): readonly string[] {
    if (!caller.trusted || single(this.#req.rawHeaders, 'x-banyan').count === 0) return [];
    const side = this.#fallback ? 'legacy' : decision.side;
    const reason = this.#fallback ? 'fallback' : decision.reason;
    const route = decision.route?.name ?? '-';
    return ['X-Banyan', `side=${side}; route=${route}; reason=${reason}; revision=${decision.revision}`];
  }

  #end(ending: Outcome['ending'], status: number): void {
    this.#parts.onOutcome({
      requestId: this.#requestId,
      method: this.#req.method ?? '',
      path: splitTarget(this.#req.url ?? '').path,
      peer: this.#peer,
      decision: this.#decision,
      status,
      ending,
      failure: this.#failure,
      fallback: this.#fallback,
      durationMs: this.#parts.now() - this.#startedAt,
    });
  }
}
