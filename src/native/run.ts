// Runs handlers: session, body, deadline, places, and how each run ended.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Parameters, Route, TableSpec } from '../routing/route.ts';
import type { Filler } from '../stores/memcache/cache.ts';
import { SessionReader, sessionRequest } from '../stores/session/reader.ts';
import { Session } from '../stores/session/session.ts';
import type { Stores } from '../stores/stores.ts';
import { sendResult } from './answer.ts';
import { type Body, type BodyKind, bodyKind, readBody, UNREAD } from './body.ts';
import { bodyLimits, declaredLength, limitStream, overRouteLimit } from './body-limits.ts';
import { Cancellation } from './cancellation.ts';
import { compressAnswer } from './compression.ts';
import { type ContextParts, createContext } from './context.ts';
import type { Handler } from './define-handler.ts';
import {
  ANSWERED,
  BUSY,
  bodyTooLarge,
  CLIENT_GONE,
  deadlinePassed,
  endOf,
  endWithoutBody,
  failure,
  type NativeEnd,
  NOTHING_THERE,
  sessionUnreadable,
} from './end.ts';
import { asExpress, type ExpressResponse } from './express.ts';
import { InFlight, leave, type Place } from './in-flight.ts';
import type { ResolvedOptions } from './options.ts';
import { type ResponseWatcher, watch } from './response-watcher.ts';
import type { UploadBatch, UploadFolder } from './upload-folder.ts';

/** One request on its way to a handler. */
export type NativeRequest = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly route: Pick<Route, 'name' | 'limits' | 'timeouts'>;
  readonly params: Parameters;
  readonly requestId: string;
  readonly compression: TableSpec['compression'];
  /** The visitor's session; undefined where none is configured. */
  readonly session: SessionReader | undefined;
};

/** Runs handlers with the stores they share. `done` is called once, and not before `run` was. */
export type HandlerRunner = {
  run(handler: Handler, request: NativeRequest, done: (end: NativeEnd) => void): void;
  /** Gives the reader of a request's session, which asks nobody yet; undefined where none is configured. */
  sessionOf(req: IncomingMessage): SessionReader | undefined;
};

/** What all runs share. */
export type RunnerParts = {
  readonly stores: Stores;
  readonly uploads: UploadFolder;
  /** Called with the route and who had filled what its handler read from the cache. */
  readonly onCacheRead: (route: string, filler: Filler) => void;
  /** Called with what a handler threw after its answer had been sent. */
  readonly onLateError: (error: unknown, requestId: string) => void;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
};

/** Creates what runs handlers. Stores and uploads stay the caller's to close. */
export function createHandlerRunner(parts: RunnerParts): HandlerRunner {
  const inFlight = new InFlight();
  return {
    run: (handler, request, done) => {
      const { name, limits } = request.route;
      const place = inFlight.enter(name, limits.inFlight);
      if (!place) return done(BUSY);
      new Run(parts, handler, request, place, done).start();
    },
    sessionOf: (req) => {
      const { sessions } = parts.stores;
      return sessions && new SessionReader(sessions, () => sessionRequest(req));
    },
  };
}

/**
 * One run. Defined handlers: 1. the session is read, unless the handler does without; 2. the body is read;
 * 3. the handler is called; 4. what it returned is sent. Then the answer leaves, or the deadline passes, or the
 * visitor goes. Express code has step 3 alone.
 */
class Run implements ResponseWatcher {
  readonly #parts: RunnerParts;
  readonly #handler: Handler;
  readonly #request: NativeRequest;
  readonly #done: (end: NativeEnd) => void;
  #cancellation: Cancellation | undefined;
  #place: Place | undefined;
  #startedAt = 0;
  #timeoutMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #uploads: UploadBatch | undefined;
  #liftLimit: (() => void) | undefined;
  #ended: NativeEnd | undefined;
  /** Whether what the handler returned has yet to settle. */
  #working = false;

  constructor(
    parts: RunnerParts,
    handler: Handler,
    request: NativeRequest,
    place: Place,
    done: (end: NativeEnd) => void,
  ) {
    this.#parts = parts;
    this.#handler = handler;
    this.#request = request;
    this.#place = place;
    this.#done = done;
  }

  start(): void {
    const { req, res, route, compression } = this.#request;
    if (res.destroyed || req.socket.destroyed) return this.end(CLIENT_GONE);
    watch(res, this);
    if (compression === 'gzip') compressAnswer(req, res);
    if (route.timeouts.total !== undefined) {
      this.#startedAt = this.#parts.now();
      this.#arm(route.timeouts.total);
    }
    if (this.#handler.kind === 'express') this.#callExpress(this.#handler);
    else void this.#callDefined(this.#handler);
  }

  /** Ends the request, once. A handler that works on for a visitor who has gone keeps its place until its deadline. */
  end(end: NativeEnd): void {
    if (this.#ended) return;
    this.#ended = end;
    if (end === CLIENT_GONE) this.#cancellation?.cancel('the visitor has gone');
    if (end !== CLIENT_GONE || !this.#working) this.#release();
    // Legacy may be given the body in the handler's place.
    if (end.kind === 'failed') this.#liftLimit?.();
    if (this.#uploads) void this.#uploads.clear().then(() => this.#report(end));
    else this.#report(end);
  }

  onDeadline(): void {
    if (this.#ended) return this.#release();
    // The handler has answered; it is the visitor who takes longer.
    this.end(this.#request.res.writableEnded ? ANSWERED : deadlinePassed(this.#timeoutMs));
  }

  onFinish(): void {
    this.end(ANSWERED);
  }

  onClose(): void {
    this.end(this.#request.res.writableFinished ? ANSWERED : CLIENT_GONE);
  }

  onStrayError(error: unknown): void {
    if (this.#ended === undefined || this.#ended.kind === 'answered')
      this.#parts.onLateError(error, this.#request.requestId);
  }

  takesDestroy(error: Error | undefined): boolean {
    const isBegun = this.#request.res.headersSent;
    this.end(failure('threw', error ?? new Error('the handler destroyed its response')));
    return !isBegun && this.#ended !== CLIENT_GONE;
  }

  #report(end: NativeEnd): void {
    this.#done(end);
    if (end.kind !== 'failed' || end.code !== 'deadline') return;
    // What the signal ends may end the response with it, so the response is taken away before.
    setImmediate(() => this.#cancellation?.cancel(`no answer within ${this.#timeoutMs} ms`));
  }

  #release(): void {
    clearTimeout(this.#timer);
    if (this.#place) leave(this.#place);
    this.#place = undefined;
  }

  /** Sets the deadline; that of the route, which began with the request, holds where it comes first. */
  #arm(timeoutMs: number): void {
    clearTimeout(this.#timer);
    const { total } = this.#request.route.timeouts;
    const left = total === undefined ? timeoutMs : total - (this.#parts.now() - this.#startedAt);
    this.#timeoutMs = Math.min(timeoutMs, total ?? timeoutMs);
    this.#timer = setTimeout(passDeadline, Math.min(timeoutMs, left), this);
  }

  /** Express code ends by answering, by `next()` (there is nothing here) or by `next(error)`. */
  #callExpress(handler: Handler & { kind: 'express' }): void {
    this.#limitBody();
    if (this.#ended) return;
    this.#arm(handler.options.timeoutMs);
    const { req, res, next } = this.#asExpress();
    try {
      const returned = handler.run(req, res, next);
      if (returned instanceof Promise) this.#follow(returned);
    } catch (error) {
      this.#threw(error);
    }
  }

  #follow(returned: Promise<unknown>): void {
    this.#working = true;
    returned.then(
      () => this.#settled(),
      (error) => {
        this.#threw(error);
        this.#settled();
      },
    );
  }

  /** Never rejects. */
  async #callDefined(handler: Handler & { kind: 'context' }): Promise<void> {
    try {
      const parts = await this.#prepare(handler);
      if (!parts || this.#ended) return;
      this.#arm(handler.options.timeoutMs);
      this.#working = true;
      const result = await handler.run(createContext(parts, handler.options, this.#parts.stores));
      if (!this.#ended) this.#send(parts.res, result);
    } catch (error) {
      this.#threw(error);
    }
    this.#settled();
  }

  /** Gathers what the context is made of; undefined where the request has ended on the way. */
  async #prepare(handler: Handler & { kind: 'context' }): Promise<ContextParts | undefined> {
    const { req, params, requestId, route, session: reader } = this.#request;
    let session: Session | undefined;
    if (reader && handler.options.session) {
      const read = await reader.read();
      if (read.kind === 'unreadable') this.end(sessionUnreadable(read.reason));
      if (read.kind === 'unreadable' || this.#ended) return undefined;
      session = Session.of(read);
    }
    const kind = bodyKind(req);
    const body = kind ? await this.#readBody(kind, handler.options) : UNREAD;
    if (!kind) this.#limitBody();
    if (!body || this.#ended) return undefined;
    this.#cancellation = new Cancellation();
    const cancellation = this.#cancellation;
    const express = this.#asExpress();
    const onCacheRead = (filler: Filler) => this.#parts.onCacheRead(route.name, filler);
    const { req: expressReq, res } = express;
    return { req: expressReq, res, params, requestId, body, session, cancellation, onCacheRead };
  }

  async #readBody(kind: BodyKind, options: ResolvedOptions): Promise<Body | undefined> {
    const { req, route } = this.#request;
    const batch = () => {
      this.#uploads ??= this.#parts.uploads.batch();
      return this.#uploads;
    };
    const read = await readBody(req, kind, bodyLimits(options, route.limits.body), batch);
    if (read.ok) return read.body;
    this.end(endWithoutBody(read));
    return undefined;
  }

  /** Bounds a body that the handler reads itself. */
  #limitBody(): void {
    const { req, route } = this.#request;
    const limit = route.limits.body;
    if (limit === undefined) return;
    const refuse = () => this.end(bodyTooLarge(overRouteLimit(limit)));
    if (declaredLength(req) > limit) return refuse();
    if (req.headers['transfer-encoding'] === undefined) return;
    this.#liftLimit = limitStream(req, limit, refuse);
  }

  #asExpress() {
    const { req, res } = this.#request;
    // A length that is not the body's would be taken for the beginning of the next answer.
    res.strictContentLength = true;
    return asExpress(req, res, (error) => this.#next(error));
  }

  #next(error: unknown): void {
    // Express has these two words for leaving a route and a router.
    if (error && error !== 'route' && error !== 'router') this.#threw(error);
    else if (!this.#request.res.headersSent) this.end(NOTHING_THERE);
  }

  #send(res: ExpressResponse, result: unknown): void {
    const message = sendResult(res, result);
    if (message) this.end({ kind: 'failed', code: 'no-answer', message });
  }

  #threw(error: unknown): void {
    if (!this.#ended) return this.end(this.#request.res.headersSent ? failure('threw', error) : endOf(error));
    if (this.#ended.kind === 'answered') this.#parts.onLateError(error, this.#request.requestId);
  }

  /** Marks the handler's work as done: a visitor who has gone keeps its place no longer. */
  #settled(): void {
    this.#working = false;
    if (this.#ended) this.#release();
  }
}

function passDeadline(run: Run): void {
  run.onDeadline();
}
