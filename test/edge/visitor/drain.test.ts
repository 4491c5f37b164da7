// What becomes of connections when their worker ends: tunnels, idle ones, and those that never asked.
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { defineHandler } from '../../../src/native/define-handler.ts';
import { startEdge, type TestEdge } from '../edge-in-one-process.ts';
import { serve, signal } from '../http.ts';
import { type RawVisitor, serverEnded, visit } from '../raw-visitor.ts';

const open: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const HANDSHAKE =
  'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\nSec-WebSocket-Version: 13\r\n\r\n';
const GOING_AWAY = '\x88\x02\x03\xe9';
const TEXT = '\x81\x02hi';

async function startTunnel(onOpen: (socket: Socket) => void): Promise<TestEdge> {
  const server = createServer();
  server.on('upgrade', (_req, socket: Socket) => {
    socket.on('error', () => {});
    open.push(() => void socket.destroy());
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    onOpen(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  open.push(() => void server.close());
  return start(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

async function start(legacyUrl: string): Promise<TestEdge> {
  const edge = await startEdge({ routes: 'routes: {}', legacyUrl, times: { drainGrace: 50 } });
  open.push(() => edge.close());
  return edge;
}

describe('a WebSocket', () => {
  test('is told that the server is going away, and its answer reaches the upstream', async () => {
    let heard = '';
    const left = signal();
    const edge = await startTunnel((socket) => {
      socket.write(TEXT, 'latin1');
      socket.on('end', () => left.resolve());
      socket.on('data', (bytes) => {
        heard += bytes.toString('latin1');
      });
    });
    const visitor = visit(edge.port, HANDSHAKE);
    await visitor.until(/hi$/);
    const drained = edge.drain(10_000);
    await visitor.until(new RegExp(`hi${GOING_AWAY}$`));
    await serverEnded(visitor);
    visitor.send('\x88\x82\0\0\0\0\x03\xe9');
    visitor.socket.end();
    await drained;
    await left.promise;
    expect(visitor.text().endsWith(TEXT + GOING_AWAY)).toBe(true);
    expect(heard).toBe('\x88\x82\0\0\0\0\x03\xe9');
    expect((await edge.outcome()).status).toBe(101);
  });

  test('that has half a frame is closed without another in the middle of it', async () => {
    const edge = await startTunnel((socket) => void socket.write('\x81\x05hal', 'latin1'));
    const visitor = visit(edge.port, HANDSHAKE);
    await visitor.until(/hal$/);
    const drained = edge.drain(10_000);
    await serverEnded(visitor);
    visitor.socket.end();
    await drained;
    expect(visitor.text()).toMatch(/hal$/);
  });

  test('whose visitor does not answer is closed all the same', async () => {
    const edge = await startTunnel((socket) => void socket.write(TEXT, 'latin1'));
    const visitor = visit(edge.port, HANDSHAKE);
    await visitor.until(/hi$/);
    expect(await edge.drain(10_000)).toEqual({ requests: 0, tunnels: 1 });
    expect(visitor.text().endsWith(GOING_AWAY)).toBe(true);
    visitor.socket.destroy();
  });
});

test('connections that are idle, that never asked and that linger hold nothing up', async () => {
  const legacy = await serve((_req, res) => res.end('served'));
  open.push(() => legacy.close());
  const edge = await start(legacy.origin);
  const idle = visit(edge.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await idle.until(/served$/);
  const lingering = visit(edge.port, 'NOT HTTP\r\n\r\n');
  await serverEnded(lingering);
  const never = visit(edge.port);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const startedAt = performance.now();
  expect(await edge.drain(10_000)).toEqual({ requests: 0, tunnels: 0 });
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  for (const { socket } of [idle, lingering, never]) socket.destroy();
});

test('requests whose answer is not complete when the time is up are broken off, and counted', async () => {
  const legacy = await serve((req, res) => {
    if (req.url === '/begun') res.write('half');
    else if (req.url === '/done') res.end('whole');
  });
  open.push(() => legacy.close());
  const edge = await start(legacy.origin);
  const asks = ['/begun', '/silent', '/done'].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  const [begun, silent, done] = asks.map((ask) => visit(edge.port, ask));
  await begun?.until(/half/);
  await done?.until(/whole$/);
  expect(await edge.drain(300)).toEqual({ requests: 2, tunnels: 0 });
  for (const visitor of [begun, silent, done]) visitor?.socket.destroy();
});

test('a visitor of HTTP/1.0, whose answers may end with their connection, is reset in the middle of one', async () => {
  const legacy = await serve((_req, res) => void res.write('half'));
  open.push(() => legacy.close());
  const edge = await start(legacy.origin);
  const visitor = visit(edge.port, 'GET / HTTP/1.0\r\nHost: a\r\n\r\n');
  await visitor.until(/half$/);
  await edge.drain(300);
  expect(await visitor.ended).toBe('reset');
});

describe('an answer that has ended and is not yet read', () => {
  const SIZE = 20_000_000;

  /** A visitor to whom more is on its way than the system holds, and who does not read it. */
  async function startUnread(): Promise<{ readonly edge: TestEdge; readonly reader: RawVisitor }> {
    const asked = signal();
    const page = defineHandler({ session: false }, () => {
      asked.resolve();
      return 'x'.repeat(SIZE);
    });
    const legacy = await serve((_req, res) => res.end('served'));
    const edge = await startEdge({
      routes: 'routes: { page: { match: GET /page, handler: page, stage: new } }',
      ...{ handlers: { page }, legacyUrl: legacy.origin, times: { drainGrace: 50 } },
    });
    open.push(legacy.close, edge.close);
    const reader = visit(edge.port);
    reader.socket.pause();
    reader.send('GET /page HTTP/1.1\r\nHost: a\r\n\r\n');
    await asked.promise;
    return { edge, reader };
  }

  test('is given whole though the grace for idle connections is over', async () => {
    const { edge, reader } = await startUnread();
    const idle = visit(edge.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await idle.until(/served$/);
    const drained = edge.drain(10_000);
    await serverEnded(idle);
    idle.socket.destroy();
    reader.socket.resume();
    await serverEnded(reader);
    reader.socket.end();
    expect(reader.text().split('\r\n\r\n')[1]).toHaveLength(SIZE);
    expect(await drained).toEqual({ requests: 0, tunnels: 0 });
  });

  test('is broken off when the time is up, and counted', async () => {
    const { edge, reader } = await startUnread();
    expect(await edge.drain(500)).toEqual({ requests: 1, tunnels: 0 });
    reader.socket.destroy();
  });
});
