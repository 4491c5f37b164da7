// The upstream of the load: it answers errands, counts what it executes, and echoes on WebSockets.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { answerBody, readTarget, requestBody } from './errand.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export type ErrandUpstream = {
  readonly url: string;
  readonly server: http.Server;
  /** How often each nonce's POST came whole and was executed. */
  readonly executed: ReadonlyMap<string, number>;
  /** POSTs that were executed more than once. */
  twice(): readonly string[];
  /** Closes the connections on which nothing is under way, also those on which nothing was ever asked. */
  hangUp(): void;
  close(): void;
};

/** Starts the upstream. It closes no connection by itself: when idle ones are closed is for the test to say. */
export async function startErrandUpstream(): Promise<ErrandUpstream> {
  const executed = new Map<string, number>();
  const server = http.createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (req, res) => {
    // Whoever asked may have gone.
    serve(req, res, executed).catch(() => res.destroy());
  });
  server.on('upgrade', (req, socket) => echo(req, socket as Socket));
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    executed,
    twice: () => [...executed].filter(([, times]) => times > 1).map(([nonce]) => nonce),
    hangUp: () => {
      server.closeIdleConnections();
      for (const socket of unused) socket.destroy();
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function serve(
  req: http.IncomingMessage,
  res: http.ServerResponse,
  executed: Map<string, number>,
): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of req) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces);
  const asked = readTarget(req.url ?? '');
  if (asked === undefined) return void res.writeHead(404).end();
  if (!body.equals(requestBody(asked.nonce, body.length))) return void res.writeHead(400).end('not its body');
  if (req.method === 'POST') executed.set(asked.nonce, (executed.get(asked.nonce) ?? 0) + 1);
  if (asked.thinksMs > 0) await delay(asked.thinksMs);
  res.writeHead(200, { 'Content-Length': asked.answerBytes, 'X-Body': `${body.length}` });
  res.end(answerBody(asked.nonce, asked.answerBytes));
}

/** Agrees to a WebSocket and sends every byte back; ends the connection after a `!`, and breaks it after a `?`. */
function echo(req: http.IncomingMessage, socket: Socket): void {
  const accept = createHash('sha1').update(`${req.headers['sec-websocket-key']}${GUID}`).digest('base64');
  const fields = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`];
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields.join('\r\n')}\r\n\r\n`);
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  socket.on('data', (bytes: Buffer) => {
    socket.write(bytes, () => {
      if (bytes.includes('!')) socket.end();
      if (bytes.includes('?')) socket.resetAndDestroy();
    });
  });
}
