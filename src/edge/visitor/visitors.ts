// All connections of one server: what Node's server tells of them, and which of it becomes a request.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { keepAlive } from '../fresh-response.ts';
import { CONNECTION_TIMES, type ConnectionTimes, SMALL_BODY_BYTES } from '../limits.ts';
import type { Upgrade } from '../upstream/forwarder.ts';
import { asksForWebSocket } from '../upstream/tunnel.ts';
import { type BrokenOff, closeGently } from './drain.ts';
import { keepEarly } from './early-bytes.ts';
import { askWhenRead } from './expectation.ts';
import { watchHalfClosed } from './half-closed.ts';
import { deafen, lingerAtEnd } from './lingering.ts';
import { type ClientError, type Refused, refuseUnreadable, sayAndLinger } from './parser-refusals.ts';
import { hasBody } from './receive.ts';
import { dropStalled } from './stalled-visitors.ts';
import { responseOn, withoutUpgrade } from './upgrade.ts';
import { connectionOf, VisitorConnection } from './visitor-connection.ts';
import type { WaitingRequest } from './waiting.ts';

/** Connections beyond the cap that are told so at a time; what comes beyond these as well is closed at once. */
const MAX_REFUSED = 1_000;

/** How much of its time to end a patient worker lets idle connections be. */
const PATIENT_SHARE = 0.75;

/** The classes of requests and responses. */
export type ServerClasses = {
  readonly IncomingMessage: typeof IncomingMessage;
  readonly ServerResponse: typeof ServerResponse;
};

export type ServerParts = {
  /** Those that carry Express's API. */
  readonly classes: ServerClasses;
  readonly serve: (req: IncomingMessage, res: ServerResponse, upgrade?: Upgrade) => void;
  /** Told of what never became a request. */
  readonly onRefused?: (refused: Refused) => void;
  /** Told at the end of a drain of what it broke off. */
  readonly onDrained?: (brokenOff: BrokenOff) => void;
  /** How many connections may be open at a time; asked at each new one. */
  readonly maxConnections?: () => number;
  readonly times?: Partial<ConnectionTimes>;
};

export class Visitors {
  readonly #server: Server;
  readonly #parts: ServerParts;
  readonly #times: ConnectionTimes;
  readonly #connections = new Set<VisitorConnection>();
  readonly #checks: NodeJS.Timeout;
  #refused = 0;
  #draining = false;

  constructor(server: Server, parts: ServerParts) {
    this.#server = server;
    this.#parts = parts;
    this.#times = { ...CONNECTION_TIMES, ...parts.times };
    const check = () => dropStalled(this.#connections, this.#times, performance.now());
    this.#checks = setInterval(check, this.#times.check).unref();
    server.on('connection', (socket: Socket) => this.#connected(socket));
    server.on('request', (req, res) => this.#asked(req, res));
    server.on('checkExpectation', (req, res) => this.#asked(req, res));
    server.on('checkContinue', (req, res) => {
      askWhenRead(req, res);
      this.#asked(req, res);
    });
    server.on('upgrade', (req, socket: Socket, head) => this.#asksToUpgrade(req, socket, head));
    server.on('connect', (req, socket: Socket) => this.#letGo(req, socket));
    server.on('clientError', (error: ClientError, socket: Socket) => this.#failed(error, socket));
  }

  /** Stops accepting, lets what is being answered end, and breaks what is left after `timeout` ms. */
  async drain(timeout: number, patient: boolean): Promise<void> {
    this.#draining = true;
    for (const { current, hasWaiting } of this.#connections)
      if (current && !current.headersSent && !hasWaiting) keepAlive(current, false);
    // What comes at the last moment on an idle connection has the rest of the time to be answered.
    const grace = patient ? timeout * PATIENT_SHARE : this.#times.drainGrace;
    const brokenOff = await closeGently(this.#server, this.#connections, { grace, timeout });
    clearInterval(this.#checks);
    this.#parts.onDrained?.(brokenOff);
  }

  #connected(socket: Socket): void {
    // It comes a second time when it is given back after an upgrade that is not made.
    if (connectionOf(socket)) return;
    const connection = new VisitorConnection(socket);
    // Node takes its own listener away from what asks to upgrade; an error that nobody hears ends the worker.
    socket.on('error', () => socket.destroy());
    if (this.#connections.size >= (this.#parts.maxConnections?.() ?? Number.POSITIVE_INFINITY))
      return this.#refuse(connection);
    this.#connections.add(connection);
    connection.onTurn = this.#onTurn;
    lingerAtEnd(connection, this.#times);
    socket.on('close', () => this.#connections.delete(connection));
    socket.on('end', () => watchHalfClosed(connection, this.#times.halfClosed));
  }

  #refuse(connection: VisitorConnection): void {
    const { socket } = connection;
    this.#tellRefused({
      status: 503,
      code: 'too-many-connections',
      peer: connection.peer,
    });
    if (this.#refused >= MAX_REFUSED) return void socket.destroy();
    this.#refused += 1;
    socket.on('close', () => {
      this.#refused -= 1;
    });
    const { refusedLinger: time } = this.#times;
    sayAndLinger(connection, 503, { lingerIdle: time, lingerTotal: time }, ['Retry-After: 1']);
  }

  #asked(req: IncomingMessage, res: ServerResponse): void {
    const connection = connectionOf(req.socket);
    if (!connection) return;
    const { current, isClosing } = connection;
    if (!current && !isClosing) return this.#begin(connection, res);
    // Neither this is served nor what comes behind it.
    if (!current || isClosing || !connection.wait(res)) return deafen(connection);
    // Where another request could be read behind it, the answer in hand is not the last one after all.
    keepAlive(current, true);
  }

  readonly #onTurn = (connection: VisitorConnection, request: WaitingRequest): void =>
    request.serve((res) => this.#begin(connection, res));

  /**
   * Serves a request. Those of one connection are served one after the other, as nginx does: a connection has one
   * place with an upstream or a handler at a time, and whoever serves it hears of it when the visitor leaves.
   */
  #begin(connection: VisitorConnection, res: ServerResponse): void {
    const { req } = res;
    connection.current = res;
    res.on('close', forget);
    if ((this.#draining || connection.deaf) && !connection.hasWaiting) res.shouldKeepAlive = false;
    if (hasBody(req) && !req.complete) this.#awaitBody(connection, req, res);
    this.#parts.serve(req, res);
  }

  /**
   * An answer that is given before a large body has come is the last on its connection: to read all of the
   * body would cost more than a new connection does.
   */
  #awaitBody(connection: VisitorConnection, req: IncomingMessage, res: ServerResponse): void {
    connection.expectBody(req);
    if (!res.shouldKeepAlive || Number(req.headers['content-length']) <= SMALL_BODY_BYTES) return;
    res.shouldKeepAlive = false;
    req.once('end', () => {
      if (!res.headersSent && !this.#draining) keepAlive(res, true);
    });
  }

  #asksToUpgrade(req: IncomingMessage, socket: Socket, head: Buffer): void {
    if (asksForWebSocket(req)) return this.#letGo(req, socket, head);
    const connection = connectionOf(socket);
    // Given back, it would not be known to stand behind another answer, and would never get its turn.
    if (connection?.current) return endBehind(connection);
    withoutUpgrade(this.#server, req, socket, head);
  }

  /** Serves a request that Node has let go of, and with it the connection. */
  #letGo(req: IncomingMessage, socket: Socket, head?: Buffer): void {
    const connection = connectionOf(socket);
    // An answer is still on its way: there is no place for another, let alone for a tunnel.
    if (!connection || connection.current) return endBehind(connection);
    connection.hasUnread = true;
    const res = responseOn(socket, new this.#parts.classes.ServerResponse(req));
    connection.current = res;
    res.on('close', forget);
    const giveBack = keepEarly(socket);
    this.#parts.serve(req, res, head && { socket, head, giveBack });
  }

  #failed(error: ClientError, socket: Socket): void {
    const connection = connectionOf(socket);
    if (!connection) return void socket.destroy();
    refuseUnreadable(connection, error, this.#times, (refused) => this.#tellRefused(refused));
  }

  #tellRefused(refused: Refused): void {
    this.#parts.onRefused?.(refused);
  }
}

/** Lets an answer that is complete go out; one that is not could not be finished without Node's server. */
function endBehind(connection: VisitorConnection | undefined): void {
  connection?.dropWaiting();
  if (connection?.current?.writableEnded) deafen(connection);
  else connection?.socket.destroy();
}

/** Runs when a response has been given, or its connection has closed. */
function forget(this: ServerResponse): void {
  const connection = connectionOf(this.req.socket);
  if (connection?.current !== this) return;
  connection.current = undefined;
  const next = connection.takeWaiting();
  if (next) connection.onTurn?.(connection, next);
  else if (connection.deaf) connection.socket.destroySoon();
  else connection.dropBody(this.req);
}
