// The HTTP server of one worker: Node's own, strict, with limits, and an orderly end.
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import net, { type Socket } from 'node:net';
import type { Upgrade } from './forwarder.ts';
import { MAX_HEADER_BYTES } from './limits.ts';
import { hasBody } from './receive.ts';
import { asksForWebSocket } from './tunnel.ts';

const HEADERS_TIMEOUT_MS = 15_000;
/** Longer than the idle time of common load balancers, so that they and not we close idle connections. */
const KEEP_ALIVE_MS = 75_000;
const CHECK_EVERY_MS = 2_000;
/** How long a draining worker keeps idle connections, for requests that are already on their way. */
const IDLE_GRACE_MS = 2_000;
const DRAIN_POLL_MS = 50;
/** How long a visitor may pause in the middle of a body. */
const BODY_IDLE_MS = 60_000;

/**
 * The latest response of each connection, for the drain. A set of responses would be simpler, and keep
 * every one of them alive just long enough to cost a third of the edge's processor time in collection.
 */
const LATEST = Symbol('latest response');
type Connection = Socket & { [LATEST]?: ServerResponse };

function forget(this: ServerResponse): void {
  const connection = this.req.socket as Connection;
  if (connection[LATEST] === this) delete connection[LATEST];
}

/** A request that could not be read, and so has no way to go. */
export type Refused = { readonly status: number; readonly code: string; readonly peer: string };

/** The classes of requests and responses. */
export type ServerClasses = {
  readonly IncomingMessage: typeof IncomingMessage;
  readonly ServerResponse: typeof ServerResponse;
};

export type EdgeServer = {
  /** Accepts connections on an address or an inherited descriptor; resolves with the port, if there is one. */
  listen(where: { fd: number } | { host: string; port: number }): Promise<number | undefined>;
  /** Stops accepting, closes connections as their answers end, and breaks what is left after `timeout` ms. */
  drain(timeout: number): Promise<void>;
};

/** Creates the server. `classes` are those that carry Express's API. */
export function createEdgeServer(
  classes: ServerClasses,
  serve: (req: IncomingMessage, res: ServerResponse, upgrade?: Upgrade) => void,
  onRefused: (refused: Refused) => void = () => {},
): EdgeServer {
  const connections = new Set<Connection>();
  const upgraded = new Set<Socket>();
  let draining = false;
  const server = createServer({
    ...classes,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    noDelay: true,
  });
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  server.on('request', (req, res) => {
    (req.socket as Connection)[LATEST] = res;
    res.on('close', forget);
    if (draining) res.shouldKeepAlive = false;
    if (hasBody(req)) dropWhenStalled(req);
    serve(req, res);
  });
  server.on('clientError', (error: Error & { code?: string }, socket: Connection) => {
    const status = statusOf(error.code);
    if (status === undefined || !socket.writable) return void socket.destroy();
    onRefused({ status, code: error.code ?? 'unreadable', peer: socket.remoteAddress ?? '' });
    if (socket[LATEST]) return void socket.destroy();
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
  });
  server.on('upgrade', (req, socket: Connection, head) => {
    if (!asksForWebSocket(req)) return void withoutUpgrade(server, req, socket, head);
    // An answer is still on its way on this connection: there is no place for another, let alone a tunnel.
    if (socket[LATEST]) return void socket.destroy();
    upgraded.add(socket);
    socket.on('close', () => upgraded.delete(socket));
    serve(req, responseOn(socket, new classes.ServerResponse(req)), { socket, head });
  });
  return {
    listen: (where) => listen(server, where),
    drain: async (timeout) => {
      draining = true;
      for (const { [LATEST]: res } of connections) if (res && !res.headersSent) res.shouldKeepAlive = false;
      await closeGently(server, upgraded, timeout);
    },
  };
}

/** What Node's parser refuses, by its error's code; undefined where there is nobody to answer. */
function statusOf(code: string | undefined): number | undefined {
  if (code === 'ECONNRESET' || code === 'EPIPE') return undefined;
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW' ? 413 : 400;
}

/** Ends the connection of a visitor who begins a body and then falls silent. */
function dropWhenStalled(req: IncomingMessage): void {
  const { socket } = req;
  socket.setTimeout(BODY_IDLE_MS);
  req.once('end', () => socket.setTimeout(0));
}

/**
 * Serves a request that asks to upgrade to anything but a WebSocket as if it did not ask, as nginx and
 * Apache do. Node has let go of the connection; it is given back with the request in front, unasked.
 */
function withoutUpgrade(server: Server, req: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`];
  for (let index = 0; index + 1 < req.rawHeaders.length; index += 2) {
    const name = req.rawHeaders[index] ?? '';
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${req.rawHeaders[index + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

/**
 * Node's server lets go of a socket whose request asks to upgrade. This answers on it all the same: one
 * answer, after which the connection closes.
 */
function responseOn(socket: Socket, res: ServerResponse): ServerResponse {
  socket.on('error', () => socket.destroy());
  res.shouldKeepAlive = false;
  res.assignSocket(socket);
  res.on('finish', () => socket.end());
  return res;
}

function listen(
  server: Server,
  where: { fd: number } | { host: string; port: number },
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' ? address?.port : undefined);
    });
  });
}

/**
 * `server.close()` would reset idle keep-alive connections at once, and with them requests that are
 * on their way (nodejs/node#60617). Only the listener is closed; idle connections have a grace.
 */
async function closeGently(server: Server, upgraded: ReadonlySet<Socket>, timeout: number): Promise<void> {
  const started = performance.now();
  const closed = new Promise<void>((resolve) => net.Server.prototype.close.call(server, () => resolve()));
  const timer = setInterval(() => {
    const elapsed = performance.now() - started;
    if (elapsed >= Math.min(IDLE_GRACE_MS, timeout)) {
      server.closeIdleConnections();
      for (const socket of upgraded) socket.destroy();
    }
    if (elapsed >= timeout) server.closeAllConnections();
  }, DRAIN_POLL_MS);
  await closed;
  clearInterval(timer);
}
