// One visitor's connection: what is being answered on it, and whether it is about to end.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const CONNECTION = Symbol('connection');
type Held = Socket & { [CONNECTION]?: VisitorConnection };

export class VisitorConnection {
  readonly socket: Socket;
  /**
   * The latest response, until it has been given. A set of responses would be simpler, and keep every one
   * of them alive just long enough to cost a third of the edge's processor time in collection.
   */
  latest: ServerResponse | undefined;
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

  /** Whether the latest answer says that the connection closes: what follows it is not served (RFC 9112 §9.6). */
  get isClosing(): boolean {
    const { latest } = this;
    return this.deaf || (latest?.headersSent === true && !latest.shouldKeepAlive);
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
