// One request on its way to an upstream: undici calls this with the answer, it writes to the visitor.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Timeouts } from '../../routing/route.ts';
import { single } from '../fields/raw.ts';
import { visitorTrailers } from '../fields/trailers.ts';
import { breakOff, sendChunk, sendEarlyHints, sendEnd, sendHead, sendTrailers, sendWhole } from '../reply.ts';
import { connectionOf, type VisitorConnection } from '../visitor/visitor-connection.ts';
import {
  type AnswerFields,
  answerFields,
  isKnownFraming,
  UNKNOWN_FRAMING,
  wantsTrailers,
} from './answer-fields.ts';
import type { Connection, Connections } from './connections.ts';
import type { FieldTexts } from './field-texts.ts';
import type { ForwardCode, ForwardEnd, ForwardRequest, ForwardStage } from './forwarder.ts';
import type { OwnAddress } from './own-address.ts';

const ASCII = /^[ -~]*$/;

/** What the end of a connection looks like. */
const CLOSED: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** The largest body that is sent in one piece with its head, in bytes. */
const SMALL = 16 * 1024;

const EARLY_HINTS = 103;

/** What is asked of an upstream: by whom, how, and who is to know how it ended. */
export type Asked = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly request: ForwardRequest;
  /** When the whole must be over, by performance.now(). */
  readonly endsAt: number | undefined;
  readonly done: (end: ForwardEnd) => void;
};

/** What is the same for all that one upstream is asked. */
export type Answering = {
  readonly own: OwnAddress;
  readonly texts: FieldTexts;
  /** The request's stand over them. */
  readonly timeouts: Timeouts;
};

export class Forwarding implements Dispatcher.DispatchHandler {
  readonly #asked: Asked;
  readonly #answering: Answering;
  readonly #connections: Connections;
  readonly #connection: Connection;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #visitor: VisitorConnection | undefined;
  readonly #openedBefore: number;
  readonly #wasOpen: boolean;
  /** Whether the connection stood before this request: only then can it have been closed unnoticed. */
  #reused = false;
  #abort: ((error?: Error) => void) | undefined;
  #stage: ForwardStage = 'connect';
  #status = 0;
  #length = Number.NaN;
  /** A small body that came whole: undici tells of its end in the same breath, so nothing waits. */
  #whole: Buffer | undefined;
  #leaks: readonly string[] = [];
  /** Whether the visitor has to read before more is taken from the upstream. */
  #waits = false;
  /** How long the answer may pause between two pieces, in milliseconds. */
  #idle: number | undefined;
  #connectTimer: NodeJS.Timeout | undefined;
  #headersTimer: NodeJS.Timeout | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #totalTimer: NodeJS.Timeout | undefined;
  #over = false;

  /** `connection` is one of `connections`, taken for this request alone. */
  constructor(asked: Asked, answering: Answering, connections: Connections, connection: Connection) {
    const { req, res, request, endsAt } = asked;
    this.#asked = asked;
    this.#answering = answering;
    this.#connections = connections;
    this.#connection = connection;
    this.#req = req;
    this.#res = res;
    this.#openedBefore = connection.opened;
    this.#wasOpen = connection.isOpen;
    this.#visitor = connectionOf(req.socket);
    this.#visitor?.onLeave(this.#onLeave);
    if (!this.#wasOpen) {
      const connect = request.timeouts.connect ?? answering.timeouts.connect;
      this.#connectTimer = this.#timer(connect, 'connect-timeout');
    }
    const { total = answering.timeouts.total } = request.timeouts;
    if (endsAt !== undefined)
      this.#totalTimer = this.#timer(endsAt - performance.now(), 'total-timeout', total);
  }

  onConnect(abort: (error?: Error) => void): void {
    if (this.#over) return abort();
    clearTimeout(this.#connectTimer);
    this.#abort = abort;
    this.#reused = this.#connection.opened === this.#openedBefore;
    this.#stage = 'headers';
  }

  /** The first byte has come: what ends from now on was no connection that had been closed unnoticed. */
  onResponseStarted(): void {
    this.#reused = false;
  }

  onHeaders(status: number, rawHeaders: Buffer[], _resume: () => void, reason: string): boolean {
    if (this.#over) return true;
    if (status < 200) return this.#hint(status, rawHeaders);
    clearTimeout(this.#headersTimer);
    const raw = this.#answering.texts.of(rawHeaders);
    if (!isKnownFraming(raw)) return this.#refuse('unknown-framing', UNKNOWN_FRAMING);
    const { fields, leaks } = this.#answerFields(status, raw);
    this.#leaks = leaks;
    this.#length = Number(single(fields, 'content-length').value);
    sendHead(this.#res, status, asBytes(reason), fields);
    this.#stage = 'body';
    this.#status = status;
    this.#idle = this.#idleOf(raw);
    // An answer that comes whole is over by then.
    queueMicrotask(this.#waitForMore);
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#over) return true;
    if (chunk.length === this.#length && chunk.length <= SMALL) {
      this.#whole = chunk;
      return true;
    }
    const hasRoom = sendChunk(this.#res, chunk);
    if (!hasRoom && !this.#waits) this.#waitForVisitor();
    if (hasRoom) this.#idleTimer?.refresh();
    return true;
  }

  /** Lets the upstream wait until the visitor has read. That takes as long as it takes, within the visitor's own limits. */
  #waitForVisitor(): void {
    this.#waits = true;
    clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
    this.#connection.hold();
    this.#res.once('drain', () => {
      if (this.#over) return;
      this.#waits = false;
      this.#connection.release();
      this.#waitForMore();
    });
  }

  readonly #waitForMore = (): void => {
    if (this.#over || this.#waits || this.#idle === undefined) return;
    this.#idleTimer ??= this.#timer(this.#idle, 'idle-timeout');
  };

  /** Server-sent events may be silent for as long as they like, where the route does not say otherwise. */
  #idleOf(raw: readonly string[]): number | undefined {
    const { idle } = this.#asked.request.timeouts;
    const isEvents = single(raw, 'content-type').value?.startsWith('text/event-stream');
    return idle ?? (isEvents ? undefined : this.#answering.timeouts.idle);
  }

  /** undici's types promise text; what comes is bytes. */
  onComplete(rawTrailers: readonly (string | Buffer)[] | null): void {
    if (this.#over) return;
    if (this.#connection.wasReset) return this.onError(reset());
    if (rawTrailers && rawTrailers.length > 0 && wantsTrailers(this.#req))
      sendTrailers(this.#res, visitorTrailers(rawTrailers.map(asText)));
    if (this.#whole) sendWhole(this.#res, this.#whole);
    else sendEnd(this.#res);
    this.#finish({ kind: 'answered', status: this.#status, leaks: this.#leaks });
  }

  onError(error: Error & { code?: string }): void {
    if (this.#over) return;
    // PHP may send a length with 304 or 204 (RFC 9110 §8.6). undici waits for no body, and then misses it.
    if (error.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && hasNoBody(this.#status))
      return this.onComplete(null);
    const stage = this.#stage;
    const code = error.code ?? error.name;
    const stood = stage === 'connect' ? this.#wasOpen : stage === 'headers' && this.#reused;
    const stale = stood && CLOSED.has(code);
    this.#finish({ kind: 'failed', stage, code, message: error.message, stale });
    if (stage === 'body') breakOff(this.#res);
  }

  #hint(status: number, rawHeaders: Buffer[]): boolean {
    // Each interim answer restarts undici's wait for the answer.
    const headers = this.#asked.request.timeouts.headers ?? this.#answering.timeouts.headers;
    this.#headersTimer ??= this.#timer(headers, 'headers-timeout');
    if (status === EARLY_HINTS)
      sendEarlyHints(this.#res, this.#answerFields(status, rawHeaders.map(asText)).fields);
    return true;
  }

  #answerFields(status: number, raw: readonly string[]): AnswerFields {
    return answerFields({ status, raw }, this.#req, this.#asked.request, this.#answering.own);
  }

  readonly #onLeave = (): void => {
    if (this.#over || this.#res.writableFinished) return;
    this.#finish({ kind: 'client-gone' });
    this.#abort?.(new Error('the visitor has gone'));
  };

  #timer(ms: number, code: ForwardCode, limit = ms): NodeJS.Timeout {
    return setTimeout(() => this.#refuse(code, `longer than ${limit} ms`), ms);
  }

  /** Fails for a reason of the edge's own, and closes the connection to the upstream. */
  #refuse(code: ForwardCode, message: string): true {
    const abort = this.#abort;
    this.onError(Object.assign(new Error(message), { code }));
    abort?.(new Error(code));
    return true;
  }

  #finish(end: ForwardEnd): void {
    this.#over = true;
    clearTimeout(this.#connectTimer);
    clearTimeout(this.#headersTimer);
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#totalTimer);
    this.#connection.release();
    this.#visitor?.offLeave(this.#onLeave);
    if (end.kind === 'answered') this.#connections.giveBack(this.#connection);
    else this.#connections.discard(this.#connection);
    this.#asked.done(end);
  }
}

function reset(): Error {
  return Object.assign(new Error('the connection was reset'), { code: 'ECONNRESET' });
}

function asText(bytes: string | Buffer): string {
  return typeof bytes === 'string' ? bytes : bytes.toString('latin1');
}

/** Gives a reason phrase back the bytes that undici has read as UTF-8; Node writes characters as bytes. */
function asBytes(reason: string): string {
  return ASCII.test(reason) ? reason : Buffer.from(reason, 'utf8').toString('latin1');
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}
