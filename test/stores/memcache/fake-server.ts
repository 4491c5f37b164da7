// TCP servers that speak just enough of memcached's binary protocol to be in trouble in a chosen way.
import { createServer, type Server, type Socket } from 'node:net';

/** One connection's requests, answered as a test wants. */
export type Behaviour = (socket: Socket, request: Buffer, count: number) => void;

export interface FakeServer {
  readonly port: number;
  /** How many connections were made. */
  connections(): number;
  /** How many of them both sides have ended. */
  closed(): number;
  close(): Promise<void>;
}

/** Starts a server on a free port, or the one given, that calls the behaviour for each request. */
export async function startFakeServer(behaviour: Behaviour, port = 0): Promise<FakeServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let closed = 0;
  let count = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    connections++;
    socket.on('error', () => {});
    onRequests(socket, (request) => behaviour(socket, request, count++));
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      closed++;
    });
  });
  await listen(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    connections: () => connections,
    closed: () => closed,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Cuts what arrives into requests: a header of 24 bytes with the body's length at 8. */
function onRequests(socket: Socket, handle: (request: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 24 && pending.length >= 24 + pending.readUInt32BE(8)) {
      const end = 24 + pending.readUInt32BE(8);
      const request = pending.subarray(0, end);
      pending = pending.subarray(end);
      handle(request);
    }
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
}

/** Builds the answer to a read: flags, the key and the value, with the request's number. */
export function answer(request: Buffer, value: string | Buffer, flags = 0, status = 0): Buffer {
  const extras = Buffer.alloc(4);
  extras.writeUInt32BE(flags);
  return response(request, { status, extras, key: keyOf(request), value: Buffer.from(value) });
}

/** Builds any response, with the request's opcode and number. */
export function response(
  request: Buffer,
  parts: { status?: number; extras?: Buffer; key?: Buffer; value?: Buffer },
): Buffer {
  const { status = 0, extras = Buffer.alloc(0), key = Buffer.alloc(0), value = Buffer.alloc(0) } = parts;
  const header = Buffer.alloc(24);
  header[0] = 0x81;
  header[1] = request[1] ?? 0;
  header.writeUInt16BE(key.length, 2);
  header[4] = extras.length;
  header.writeUInt16BE(status, 6);
  header.writeUInt32BE(extras.length + key.length + value.length, 8);
  request.copy(header, 12, 12, 16);
  return Buffer.concat([header, extras, key, value]);
}

/** Gives a request's key. */
export function keyOf(request: Buffer): Buffer {
  const start = 24 + (request[4] ?? 0);
  return request.subarray(start, start + request.readUInt16BE(2));
}
