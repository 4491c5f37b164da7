// Runs one handler for one request: session, body, deadline, and what becomes of its answer.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { splitTarget } from '../routing/canonical-path.ts';
import type { Parameters } from '../routing/route.ts';
import { Session } from '../stores/session.ts';
import type { Stores } from '../stores/stores.ts';
import { parseFields, readBody } from './body.ts';
import { Cancellation } from './cancellation.ts';
import { createContext } from './context.ts';
import { type Handler, isResponse } from './define-handler.ts';
import { asExpress, type ExpressResponse } from './express.ts';

/** How running a handler ended. `declined` and `refused` come before it started: nothing has been done. */
export type NativeEnd =
  | { readonly kind: 'answered' }
  | { readonly kind: 'client-gone' }
  | { readonly kind: 'declined'; readonly code: 'session-unreadable'; readonly message: string }
  | { readonly kind: 'refused'; readonly status: 400 | 413 | 404; readonly code: string }
  | {
      readonly kind: 'failed';
      readonly code: FailureCode;
      readonly message: string;
      readonly error?: unknown;
    };

export type FailureCode = 'threw' | 'deadline' | 'no-answer';

/** One request on its way to a handler. */
export type NativeRequest = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly params: Parameters;
  readonly requestId: string;
};

/** Runs handlers with the stores they share. */
export type HandlerRunner = { run(handler: Handler, request: NativeRequest): Promise<NativeEnd> };

/** Creates what runs handlers. The stores stay the caller's to close. */
export function createHandlerRunner(stores: Stores): HandlerRunner {
  return { run: (handler, request) => runHandler(handler, request, stores) };
}

/**
 * 1. reads the session, unless the handler does without; 2. reads the body; 3. calls the handler;
 * 4. sends what it returned; 5. waits until the answer has left or the deadline has passed.
 * Never rejects.
 */
async function runHandler(handler: Handler, request: NativeRequest, stores: Stores): Promise<NativeEnd> {
  const { req, res } = request;
  const session = await readSession(handler, req, stores);
  if (!session.ok) return { kind: 'declined', code: 'session-unreadable', message: session.reason };
  if (res.destroyed) return { kind: 'client-gone' };
  if (handler.kind === 'express') return runExpress(handler, request);

  const body = await readBody(req, handler.options.bodyLimit);
  if (!body.ok) {
    if (body.reason === 'aborted') return { kind: 'client-gone' };
    return { kind: 'refused', status: body.reason === 'too-large' ? 413 : 400, code: `body-${body.reason}` };
  }
  const query = parseFields(splitTarget(req.url ?? '').query ?? '');
  return withDeadline(handler, res, async (cancellation) => {
    const express = asExpress(req, res, () => {});
    // A length that is not the body's would be taken for the beginning of the next answer.
    express.res.strictContentLength = true;
    const { params, requestId } = request;
    const parts = {
      ...express,
      params,
      requestId,
      query,
      body: body.body,
      session: session.session,
      cancellation,
    };
    return send(express.res, await handler.run(createContext(parts, handler.options, stores)));
  });
}

/** Resolves with the first of: the work's own end, the answer sent, the visitor gone, the deadline. */
function withDeadline(
  handler: Handler,
  res: ServerResponse,
  work: (cancellation: Cancellation) => Promise<NativeEnd | undefined>,
): Promise<NativeEnd> {
  return new Promise((resolve) => {
    const cancellation = new Cancellation();
    const settle = (end: NativeEnd) => {
      clearTimeout(timer);
      res.off('close', onClose).off('finish', onFinish);
      resolve(end);
    };
    const onFinish = () => settle({ kind: 'answered' });
    const onClose = () => {
      cancellation.cancel('the visitor has gone');
      settle({ kind: 'client-gone' });
    };
    const { timeoutMs } = handler.options;
    const timer = setTimeout(() => {
      // The handler has answered; it is the visitor who takes longer.
      if (res.writableEnded) return settle({ kind: 'answered' });
      settle({
        kind: 'failed',
        code: 'deadline',
        message: `the handler gave no answer within ${timeoutMs} ms`,
      });
      // What the signal ends may end the response with it, so the response is taken away before.
      setImmediate(() => cancellation.cancel(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    res.on('close', onClose).on('finish', onFinish);
    work(cancellation).then(
      (end) => end && settle(end),
      (error) => settle({ kind: 'failed', code: 'threw', message: errorMessage(error), error }),
    );
  });
}

/** What was thrown may be anything, and even throw when it is looked at. */
function errorMessage(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return 'something that cannot be shown';
  }
}

type SessionResult =
  | { readonly ok: true; readonly session: Session | undefined }
  | { readonly ok: false; readonly reason: string };

async function readSession(handler: Handler, req: IncomingMessage, stores: Stores): Promise<SessionResult> {
  if (!handler.options.session || !stores.sessions) return { ok: true, session: undefined };
  const read = await stores.sessions.read(req.headers.cookie);
  return read.kind === 'unreadable'
    ? { ok: false, reason: read.reason }
    : { ok: true, session: Session.of(read) };
}

/** Express code ends by answering, by `next()` (there is nothing here) or by `next(error)`. */
function runExpress(handler: Handler & { kind: 'express' }, request: NativeRequest): Promise<NativeEnd> {
  const { req, res } = request;
  return withDeadline(handler, res, () => {
    return new Promise((resolve, reject) => {
      const express = asExpress(req, res, (error) => {
        if (error) reject(error);
        else if (!res.headersSent) resolve(NOTHING_THERE);
      });
      const returned = handler.run(express.req, express.res, express.req.next ?? (() => {}));
      if (returned instanceof Promise) returned.catch(reject);
    });
  });
}

const NOTHING_THERE: NativeEnd = { kind: 'refused', status: 404, code: 'next' };

/** Sends what a handler returned; undefined where it used `res` itself. */
function send(res: ExpressResponse, result: unknown): NativeEnd | undefined {
  if (isResponse(result, res) || (result === undefined && (res.headersSent || res.writableEnded)))
    return undefined;
  const answer = toAnswer(result);
  if (!answer) return noAnswer(result);
  if (!res.hasHeader('Content-Type')) res.setHeader('Content-Type', answer.type);
  res.setHeader('Content-Length', answer.body.byteLength);
  res.end(answer.body);
  return undefined;
}

type HandlerAnswer = { readonly type: string; readonly body: Uint8Array };

/** What a returned value is as bytes; undefined for what has no meaning as an answer, such as a stream. */
function toAnswer(result: unknown): HandlerAnswer | undefined {
  if (typeof result === 'string') return { type: 'text/html; charset=UTF-8', body: Buffer.from(result) };
  if (result instanceof Uint8Array) return { type: 'application/octet-stream', body: result };
  return isPlainData(result)
    ? { type: 'application/json', body: Buffer.from(JSON.stringify(result)) }
    : undefined;
}

/** Data that JSON can tell; a Map, a stream or a Response would come out as `{}`. */
function isPlainData(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value) || typeof (value as { toJSON?: unknown }).toJSON === 'function') return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || !('constructor' in prototype);
}

function noAnswer(result: unknown): NativeEnd {
  const message =
    result === undefined
      ? 'the handler returned nothing and sent nothing'
      : `the handler returned ${describe(result)}; return a string, bytes, an array or a plain object, or use res`;
  return { kind: 'failed', code: 'no-answer', message };
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : `a ${typeof value}`;
  return `a ${value.constructor?.name ?? 'strange object'}`;
}
