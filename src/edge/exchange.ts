// One request and its answer, from the first look at it to its outcome.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HandlerRunner, NativeRequest } from '../native/run.ts';
import { reasonOf } from '../reason.ts';
import type { Decision } from '../rollout/decide.ts';
import { splitTarget } from '../routing/canonical-path.ts';
import { sendErrorPage } from './error-page.ts';
import type { Caller } from './fields/caller.ts';
import { single } from './fields/raw.ts';
import { keepAlive } from './fresh-response.ts';
import type { Failure, Outcome } from './outcome.ts';
import { breakOff, seal, sendEnd, sendHead } from './reply.ts';
import type { Snapshot } from './snapshot.ts';
import type { Forwarder, Upgrade } from './upstream/forwarder.ts';
import type { ReceiveOptions } from './visitor/receive.ts';
import { connectionOf, peerOf } from './visitor/visitor-connection.ts';

/** What serving needs from outside. */
export type ServeParts = {
  readonly receive: ReceiveOptions;
  readonly snapshot: () => Snapshot;
  readonly forwarder: (snapshot: Snapshot, upstream: string) => Forwarder;
  readonly handlers: HandlerRunner;
  readonly onOutcome: (outcome: Outcome) => void;
  /** A peer that is not trusted has sent a forwarding field: an attempt, or a proxy that TRUSTED_PROXIES forgets. */
  readonly onIgnoredForwarding: (peer: string, field: string) => void;
  readonly newRequestId: () => string;
  /** performance.now(), or what stands for it. */
  readonly now: () => number;
};

/** What a request has been found to be. */
export type Served = {
  readonly snapshot: Snapshot;
  readonly decision: Decision;
  readonly caller: Caller;
  readonly target: string;
};

/** The methods that resources may have; each has its own. */
const METHODS_OF_ANY = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

const NO_LEAKS: readonly string[] = [];

export class Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly parts: ServeParts;
  readonly upgrade: Upgrade | undefined;
  readonly requestId: string;
  /** What failed on the way, even where fallback made up for it. */
  failure: Failure | undefined;
  /** The visitor's; handlers may give the request another one. */
  readonly method: string;
  readonly #peer: string;
  /** As they came: a handler may have been given others. */
  readonly #rawHeaders: string[];
  /** By parts.now(). */
  readonly startedAt: number;
  #served: Served | undefined;
  #fallback = false;
  #session: NativeRequest['session'];

  constructor(req: IncomingMessage, res: ServerResponse, parts: ServeParts, upgrade: Upgrade | undefined) {
    this.req = req;
    this.res = res;
    this.parts = parts;
    this.upgrade = upgrade;
    this.requestId = parts.newRequestId();
    this.method = req.method ?? '';
    this.#peer = peerOf(req.socket);
    this.#rawHeaders = req.rawHeaders;
    this.startedAt = parts.now();
  }

  /** The visitor's session: whoever asks first has it read, all others hear the same. Undefined where none is configured. */
  get session(): NativeRequest['session'] {
    this.#session ??= this.parts.handlers.sessionOf(this.req);
    return this.#session;
  }

  /** Keeps what was found out about the request: outcome and explanation tell of it. */
  decided(served: Served): void {
    this.#served = served;
  }

  /**
   * Answers a request that goes no further, for its own fault, and closes the connection: servers may
   * disagree about where on it the next request begins.
   */
  refuse(status: number, code: string, message = code): void {
    this.failure = { part: 'request', code, message };
    keepAlive(this.res, false);
    this.page(status);
  }

  /** Answers `OPTIONS *` (RFC 9110 §9.3.7), which is about no resource, so that no upstream is asked. */
  answerServerOptions(): void {
    sendHead(this.res, 200, undefined, ['Allow', METHODS_OF_ANY, 'Content-Length', '0']);
    sendEnd(this.res);
    this.end('answered', 200);
  }

  /** Ends the request after a bug of the edge's own. */
  crash(error: unknown): void {
    const message = reasonOf(error);
    this.failure = { part: 'edge', code: 'bug', message, error };
    this.failVisibly(500);
  }

  /** Takes the response away from the new side, so that legacy can answer: nothing done to it remains. */
  fallBack(): void {
    this.#takeBack();
    this.#fallback = true;
  }

  /** Answers with a page of the edge's own; `fields` are further ones of its head. */
  page(status: number, fields: readonly string[] = []): void {
    if (this.res.destroyed) return this.leave();
    this.#takeBack();
    sendErrorPage(this.req, this.res, status, this.requestId, [...fields, ...this.explanation()]);
    this.end('answered', status);
  }

  #takeBack(): void {
    this.req.method = this.method;
    seal(this.res);
  }

  /** An error page, or a broken connection where an answer has begun; an answer that is complete stands. */
  failVisibly(status: number): void {
    if (!this.res.headersSent) return this.page(status);
    if (this.res.writableEnded) return this.end('answered', this.res.statusCode);
    breakOff(this.res);
    this.end('broken-off', this.res.statusCode);
  }

  /** `x-banyan`, for a trusted peer that asks for it by sending the field itself. */
  explanation(): readonly string[] {
    if (!this.#served) return [];
    const { caller, decision } = this.#served;
    if (!caller.trusted || single(this.#rawHeaders, 'x-banyan').count === 0) return [];
    const side = this.#fallback ? 'legacy' : decision.side;
    const reason = this.#fallback ? 'fallback' : decision.reason;
    const route = decision.route?.name ?? '-';
    return ['X-Banyan', `side=${side}; route=${route}; reason=${reason}; revision=${decision.revision}`];
  }

  /** Emits the outcome; called once. Status 0 where the visitor left before one was sent. */
  end(ending: Outcome['ending'], status: number, leaks: readonly string[] = NO_LEAKS): void {
    this.parts.onOutcome({
      requestId: this.requestId,
      method: this.method,
      // A router of Express's cuts from `req.url` what it has matched.
      path: splitTarget(this.#served?.target ?? this.req.url ?? '').path,
      peer: this.#peer,
      decision: this.#served?.decision,
      status,
      ending,
      failure: this.failure,
      fallback: this.#fallback,
      leaks,
      durationMs: this.parts.now() - this.startedAt,
    });
  }

  /** Ends a request whose visitor has left, or whose body could not be read and has been answered for that. */
  leave(): void {
    const broken = connectionOf(this.req.socket)?.broken;
    if (broken) {
      this.failure = { part: 'request', code: broken.code, message: 'a body that cannot be read' };
      return this.end('answered', broken.status);
    }
    this.end('client-gone', this.res.headersSent ? this.res.statusCode : 0);
  }
}
