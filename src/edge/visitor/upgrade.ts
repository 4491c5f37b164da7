// Requests that Node's server lets go of: those that ask to upgrade, and CONNECT.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Serves a request that asks to upgrade to anything but a WebSocket as if it did not ask, as nginx and
 * Apache do. Node has let go of the connection; it is given back with the request in front, unasked.
 */
export function withoutUpgrade(server: Server, req: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`];
  for (let index = 0; index + 1 < req.rawHeaders.length; index += 2) {
    const name = req.rawHeaders[index] ?? '';
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${req.rawHeaders[index + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

/** Answers on a socket that Node's server has let go of: one answer, after which the connection closes. */
export function responseOn(socket: Socket, res: ServerResponse): ServerResponse {
  res.shouldKeepAlive = false;
  res.assignSocket(socket);
  res.on('finish', () => socket.destroySoon());
  return res;
}
