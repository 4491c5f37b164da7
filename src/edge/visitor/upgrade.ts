// Requests that Node's server lets go of: those that ask to upgrade, and CONNECT.
import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Where Node remembers that whoever writes to a response waits for its 'drain'. */
const NEEDS_DRAIN = drainSymbol();

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
  socket.on('drain', () => tellDrained(res));
  res.on('finish', () => socket.destroySoon());
  return res;
}

/** Tells whoever writes to a response that there is room again, as Node's server does until it lets go. */
function tellDrained(res: ServerResponse): void {
  if (!res.writableNeedDrain) return;
  Reflect.set(res, NEEDS_DRAIN, false);
  res.emit('drain');
}

function drainSymbol(): symbol {
  const symbols = Object.getOwnPropertySymbols(new ServerResponse({ method: 'GET' } as IncomingMessage));
  const found = symbols.find(({ description }) => description === 'kNeedDrain');
  if (!found)
    throw new Error('this version of Node tells of drains otherwise: see src/edge/visitor/upgrade.ts');
  return found;
}
