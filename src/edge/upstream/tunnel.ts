// WebSockets: http-proxy carries the bytes of both directions; what is asked, what is answered and when
// it ends is decided here. No byte of the visitor reaches the upstream before its 101.
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import httpProxy from 'http-proxy';
import { reasonOf } from '../../reason.ts';
import type { Upstream } from '../../routing/route.ts';
import { upstreamRequestHeaders } from '../fields/to-upstream.ts';
import { breakOff, sendHead } from '../reply.ts';
import { keepEarly } from '../visitor/early-bytes.ts';
import { deafen } from '../visitor/lingering.ts';
import { prepareFarewell } from '../visitor/tunnel-farewell.ts';
import { connectionOf } from '../visitor/visitor-connection.ts';
import { type AnswerFields, answerFields, isKnownFraming, UNKNOWN_FRAMING } from './answer-fields.ts';
import type { ForwardCode, ForwardEnd, ForwardRequest, Upgrade } from './forwarder.ts';
import type { OwnAddress } from './own-address.ts';
import { passRefusal } from './tunnel-refusal.ts';

/** How long both sides of a tunnel may be silent, where the route's `idle` does not say: a tunnel is made to wait. */
const SILENCE_MS = 3_600_000;
/** After how much silence the other host is asked whether it is still there. */
const PROBE_MS = 60_000;
/** How long who is left may take to read what was said last, before the connection is broken. */
const LAST_WORDS_MS = 60_000;

const proxy = httpProxy.createProxyServer({});

/** Where a tunnel leads. */
export type TunnelEnd = {
  readonly upstream: Upstream;
  /** The one of its addresses whose turn it is. */
  readonly origin: string;
  readonly own: OwnAddress;
};

/** Whether a request asks for a WebSocket. Nothing else is upgraded, `h2c` least of all. */
export function asksForWebSocket(req: IncomingMessage): boolean {
  return req.method === 'GET' && req.headers.upgrade?.toLowerCase() === 'websocket';
}

/**
 * Opens a tunnel to an upstream. Calls back once: with status 101 when the tunnel has closed, with the
 * upstream's own status when it refused (`res` then carries its plain answer), or with what failed.
 */
export function openTunnel(
  req: IncomingMessage,
  res: ServerResponse,
  { socket, head, giveBack }: Upgrade,
  to: TunnelEnd,
  request: ForwardRequest,
  done: (end: ForwardEnd) => void,
): void {
  // In front of it goes what came with the request.
  giveBack();
  const attempt = new Attempt(req, res, socket, to, request, done);
  // http-proxy tells of its request while ws() runs, so this listener hears of no other.
  let asked: ClientRequest | undefined;
  const prepare = (proxyReq: ClientRequest) => {
    asked = proxyReq;
    attempt.prepare(proxyReq);
  };
  proxy.once('proxyReqWs', prepare);
  try {
    proxy.ws(req, socket, head, { target: to.origin }, (error) => attempt.fail(error));
  } finally {
    proxy.off('proxyReqWs', prepare);
  }
  if (asked) attempt.follow(asked);
}

/** One tunnel, from the request to the end of both directions. */
class Attempt {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #socket: Socket;
  readonly #to: TunnelEnd;
  readonly #request: ForwardRequest;
  readonly #done: (end: ForwardEnd) => void;
  #timer: NodeJS.Timeout | undefined;
  #stopWaiting = () => {};
  #hasBegun = false;
  #over = false;

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    socket: Socket,
    to: TunnelEnd,
    request: ForwardRequest,
    done: (end: ForwardEnd) => void,
  ) {
    this.#req = req;
    this.#res = res;
    this.#socket = socket;
    this.#to = to;
    this.#request = request;
    this.#done = done;
  }

  /** Makes http-proxy's request ours: the raw target, our fields, our timeouts, our answer to a refusal. */
  prepare(proxyReq: ClientRequest): void {
    proxyReq.path = this.#request.target;
    for (const name of proxyReq.getHeaderNames()) proxyReq.removeHeader(name);
    const { caller, methodOverride } = this.#request;
    const ours = upstreamRequestHeaders(this.#req.rawHeaders, caller, {
      ...{ host: this.#to.upstream.host, methodOverride },
    });
    const fields = [...ours, 'Connection', 'Upgrade', 'Upgrade', 'websocket'];
    for (let index = 0; index + 1 < fields.length; index += 2) {
      proxyReq.appendHeader(fields[index] ?? '', fields[index + 1] ?? '');
    }
    const { connect, headers } = { ...this.#to.upstream.timeouts, ...this.#request.timeouts };
    const late = Object.assign(new Error('no answer in time'), { code: 'headers-timeout' });
    this.#timer = setTimeout(() => proxyReq.destroy(late), connect + headers);
    proxyReq.prependListener('upgrade', (answer, upstreamSocket) => this.#opened(answer, upstreamSocket));
    this.#socket.on('close', () => proxyReq.destroy());
    this.#stopWaiting = waitOn(this.#socket);
  }

  /**
   * Takes refusals and failures over from http-proxy as soon as ws() has returned: it writes the ones past
   * Node's framing, and for the others it ends the visitor's connection, answer or no answer. What looks at
   * the upstream's bytes must come after http-proxy's pipe, or the first of them would miss it.
   */
  follow(proxyReq: ClientRequest): void {
    proxyReq.removeAllListeners('response');
    proxyReq.removeAllListeners('error');
    proxyReq.on('response', (answer) => this.#refused(answer));
    proxyReq.on('error', (error) => this.fail(error));
    proxyReq.on('upgrade', (_answer, upstreamSocket) => prepareFarewell(this.#socket, upstreamSocket));
  }

  fail(error: Error & { code?: string }): void {
    // What has begun tells by itself how it ended: a tunnel, and an answer behind which noise may follow.
    if (this.#hasBegun) return;
    if (this.#socket.destroyed) return this.#end({ kind: 'client-gone' });
    this.#end({ kind: 'failed', stage: 'connect', code: error.code ?? error.name, message: error.message });
  }

  /** The upstream has agreed: the socket is the tunnel's now. */
  #opened(answer: IncomingMessage, upstreamSocket: Socket): void {
    this.#begin();
    this.#res.detachSocket(this.#socket);
    const { fields, leaks } = this.#answerFields(answer);
    replaceNextWrite(this.#socket, switchingHead(fields, answer.headers.upgrade));
    const idle = this.#request.timeouts.idle ?? SILENCE_MS;
    closeTogether(this.#socket, upstreamSocket, idle);
    closeTogether(upstreamSocket, this.#socket, idle);
    upstreamSocket.on('close', () => this.#end({ kind: 'answered', status: 101, leaks }));
  }

  /** The upstream has answered otherwise: a plain answer, after which the connection closes. */
  #refused(answer: IncomingMessage): void {
    this.#begin();
    answer.on('error', () => {});
    if (!isKnownFraming(answer.rawHeaders)) return this.#giveUp(answer, 'unknown-framing', UNKNOWN_FRAMING);
    const status = answer.statusCode ?? 502;
    const { fields, leaks } = this.#answerFields(answer);
    try {
      sendHead(this.#res, status, answer.statusMessage, fields);
    } catch (error) {
      return this.#giveUp(answer, 'unfit-head', reasonOf(error));
    }
    // What he has said was for the tunnel; that he leaves is noticed by reading on.
    const connection = connectionOf(this.#socket);
    if (connection) deafen(connection);
    passRefusal(answer, this.#res, this.#idle(), (isWhole) =>
      this.#end(this.#refusalEnd(isWhole, status, leaks)),
    );
  }

  #refusalEnd(isWhole: boolean, status: number, leaks: readonly string[]): ForwardEnd {
    if (isWhole) return { kind: 'answered', status, leaks };
    if (this.#socket.destroyed) return { kind: 'client-gone' };
    breakOff(this.#res);
    return { kind: 'failed', stage: 'body', code: 'ECONNRESET', message: 'the upstream broke off' };
  }

  /** Fails for an answer that cannot be passed on; nothing of it has been sent. */
  #giveUp(answer: IncomingMessage, code: ForwardCode, message: string): void {
    this.#end({ kind: 'failed', stage: 'headers', code, message });
    answer.destroy();
  }

  #answerFields(answer: IncomingMessage): AnswerFields {
    const head = { status: answer.statusCode ?? 502, raw: answer.rawHeaders };
    return answerFields(head, this.#req, this.#request, this.#to.own);
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#hasBegun = true;
    this.#stopWaiting();
  }

  #idle(): number {
    return { ...this.#to.upstream.timeouts, ...this.#request.timeouts }.idle;
  }

  #end(end: ForwardEnd): void {
    clearTimeout(this.#timer);
    if (this.#over) return;
    this.#over = true;
    this.#done(end);
  }
}

/** Writes the head that agrees to a tunnel; it has no body, whatever length the upstream names. */
function switchingHead(fields: readonly string[], protocol = 'websocket'): string {
  let head = 'HTTP/1.1 101 Switching Protocols\r\n';
  for (let index = 0; index + 1 < fields.length; index += 2)
    if (fields[index]?.toLowerCase() !== 'content-length')
      head += `${fields[index]}: ${fields[index + 1]}\r\n`;
  return `${head}Connection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;
}

/**
 * Puts a head of ours, one byte for each character, in the place of what is written next: that is the head as
 * http-proxy has it from Node, without order, case and repetition, and with all that concerns the connection.
 */
function replaceNextWrite(socket: Socket, head: string): void {
  const write = (): boolean => {
    Reflect.deleteProperty(socket, 'write');
    return socket.write(head, 'latin1');
  };
  Object.defineProperty(socket, 'write', { value: write, configurable: true });
}

/** Ends the connection of a visitor who leaves before the upstream has answered, until the waiting is over. */
function waitOn(socket: Socket): () => void {
  const giveBack = keepEarly(socket);
  const leave = () => socket.destroy();
  socket.on('end', leave);
  return () => {
    socket.off('end', leave);
    giveBack();
  };
}

/** Whatever ends one side ends the other, in order where that was: what still waits to be written goes out first. */
function closeTogether(one: Socket, other: Socket, idle: number): void {
  one.on('error', () => other.destroy());
  one.on('close', () => {
    if (!other.destroyed) other.setTimeout(LAST_WORDS_MS).destroySoon();
  });
  // Silence of both ends both.
  one.setTimeout(idle, () => one.destroy());
  one.setKeepAlive(true, PROBE_MS);
}
