// One visitor's connection: what is being answered on it, what waits behind that, and whether it is about to end.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { MAX_WAITING } from '../limits.ts';
import { WaitingRequest } from './waiting.ts';

const CONNECTION = Symbol('connection');
type Held = Socket & { [CONNECTION]?: VisitorConnection };

export class VisitorConnection {
  readonly socket: Socket;
  /** The response that is being given. */
  current: ServerResponse | undefined;
  /** Serves a request whose turn has come. */
  onTurn: ((connection: VisitorConnection, request: WaitingRequest) => void) | undefined;
  /** The request whose body may still be on its way. */
  incoming: IncomingMessage | undefined;
  /** Something was sent that no request was made of: it may lie unread when the connection ends. */
  hasUnread = false;
  /** Nothing that comes is read as a request any more. */
  deaf = false;
  /** The last answer has been given; what is still sent is thrown away until the visitor closes. */
  lingering = false;
  /** Why the request in hand could not be read to its end, once it has been answered over its server's head. */
  broken: { readonly status: number; readonly code: string } | undefined;
  /** Ends what the connection has become after an upgrade. */
  endTunnel: (() => void) | undefined;
  /** What was thrown away, in bytes. */
  discarded = 0;
  /** What the last look at the connection saw; see stalled-visitors.ts. */
  readonly seen = { read: 0, readAt: 0, taken: 0, takenAt: 0 };

  /** The visitor's address; an IPv4 peer on an IPv6 socket is shown as IPv4. */
  readonly peer: string;
  /** Made by the first request that has to wait: few visitors send any. */
  #waiting: WaitingRequest[] | undefined;
  /** Those who are to know when the visitor leaves. A listener for each request would cost as much as matching it. */
  readonly #serving: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    this.peer = plainAddress(socket.remoteAddress ?? '');
    (socket as Held)[CONNECTION] = this;
    socket.on('close', () => this.leave());
  }

  /** Calls back when the visitor leaves, until it is told to stop. */
  onLeave(callback: () => void): void {
    this.#serving.push(callback);
  }

  offLeave(callback: () => void): void {
    const index = this.#serving.lastIndexOf(callback);
    if (index === this.#serving.length - 1) this.#serving.pop();
    else if (index >= 0) this.#serving.splice(index, 1);
  }

  /** Tells all who serve him that the visitor has left. */
  leave(): void {
    for (const callback of [...this.#serving]) callback();
  }

  /** Whether the answer in hand says that the connection closes: what follows it is not served (RFC 9112 §9.6). */
  get isClosing(): boolean {
    const { current } = this;
    return this.deaf || (current?.headersSent === true && !current.shouldKeepAlive);
  }

  /** Whether a request waits for the one ahead of it to be answered. */
  get hasWaiting(): boolean {
    return this.#waiting !== undefined && this.#waiting.length > 0;
  }

  /** Lets a request wait until what is ahead of it has been answered; false where too many do. */
  wait(res: ServerResponse): boolean {
    this.#waiting ??= [];
    return this.#waiting.length < MAX_WAITING && this.#waiting.push(new WaitingRequest(res)) > 0;
  }

  /**
   * Takes the request whose turn has come. Node has given its response the socket by then; where it has not, or
   * the visitor has left, the answer before was the last one, and none that waited is served.
   */
  takeWaiting(): WaitingRequest | undefined {
    const next = this.#waiting?.shift();
    if (next?.res.socket && !this.socket.destroyed) return next;
    this.dropWaiting();
    return undefined;
  }

  /** Forgets all that wait. */
  dropWaiting(): void {
    this.#waiting = undefined;
  }

  /** Forgets the last that waits if its body has not come whole: the rest of it never will. */
  dropHalfRead(): void {
    if (this.#waiting?.at(-1)?.isHalfRead) this.#waiting.pop();
  }

  /** Begins to watch over the body of a request. */
  expectBody(req: IncomingMessage): void {
    this.incoming = req;
    this.seen.readAt = 0;
  }

  /** Lets the rest of a body pass by that nobody will read, so that the next request can be read. */
  dropBody(req: IncomingMessage): void {
    if (this.incoming !== req || req.complete) return;
    req.unpipe();
    req.removeAllListeners('data');
    req.resume();
  }
}

/** The connection that a socket of the edge's server belongs to; undefined for any other socket. */
export function connectionOf(socket: Socket): VisitorConnection | undefined {
  return (socket as Held)[CONNECTION];
}

/** The address of the visitor at the other end of a socket. */
export function peerOf(socket: Socket): string {
  return connectionOf(socket)?.peer ?? plainAddress(socket.remoteAddress ?? '');
}

function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

/** Whether nobody waits for the answer to a request any more. */
export function hasLeft(req: IncomingMessage): boolean {
  return req.socket.destroyed || connectionOf(req.socket)?.broken !== undefined;
}
