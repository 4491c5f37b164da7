// A WebSocket that is asked for and not made: whoever answers, the visitor gets all of it, and nothing stays open.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { defineHandler } from '../../../src/native/define-handler.ts';
import { type EdgeOptions, startEdge, type TestEdge } from '../edge-in-one-process.ts';
import { serve, signal } from '../http.ts';
import { type RawVisitor, visit } from '../raw-visitor.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const { close } of open.splice(0).reverse()) await close();
});

const NOTHING_LEFT = { requests: 0, tunnels: 0 };
const PAGE = 'routes: { page: { match: GET /page, handler: page, stage: new } }';

/** Starts an edge in front of a legacy that refuses each tunnel with a page. */
async function start(size: number, more: Partial<EdgeOptions> = {}): Promise<TestEdge> {
  const legacy = await serve((_req, res) => {
    res.writeHead(403, { 'Content-Length': size });
    res.end('x'.repeat(size));
  });
  open.push(legacy);
  return startBefore(legacy.origin, more);
}

async function startBefore(legacyUrl: string, more: Partial<EdgeOptions> = {}): Promise<TestEdge> {
  const edge = await startEdge({ routes: 'routes: {}', legacyUrl, ...more });
  open.push(edge);
  return edge;
}

/** Starts an edge in front of a legacy that answers with these bytes and falls silent. */
async function startBeforeRaw(answer: string) {
  const closed = signal();
  const server = createTcpServer((socket) => {
    socket.on('error', () => {}).on('close', () => closed.resolve());
    socket.once('data', () => socket.write(answer, 'latin1'));
  });
  return { edge: await startBefore(await listen(server)), closed: closed.promise };
}

/** Listens on a free port; returns the address. */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  open.push({ close: async () => void server.close() });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function asks(edge: TestEdge, path = '/ws', field = 'X: y', early = ''): RawVisitor {
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13';
  return visit(edge.port, `GET ${path} HTTP/1.1\r\nHost: a\r\n${upgrade}\r\n${field}\r\n\r\n${early}`);
}

/** Reads to the end of the server's side, and gives the size of the body. */
async function bodySize({ socket, text }: RawVisitor): Promise<number> {
  if (!socket.readableEnded) await new Promise((resolve) => socket.on('end', resolve));
  return text().length - text().indexOf('\r\n\r\n') - 4;
}

describe('an upstream that refuses', () => {
  test.each([70_000, 120_000, 1_000_000])('with a page of %d bytes has it sent whole', async (size) => {
    const edge = await start(size);
    expect(await bodySize(asks(edge))).toBe(size);
    expect(await edge.outcome()).toMatchObject({ status: 403, ending: 'answered' });
  });

  test('is not taken for silent while a visitor reads slowly', async () => {
    const routes = 'routes: { ws: { match: GET /ws, timeouts: { idle: 300ms } } }';
    const edge = await start(20_000_000, { routes });
    const visitor = asks(edge);
    await visitor.until(/xxx/);
    visitor.socket.pause();
    setTimeout(() => visitor.socket.resume(), 1_500);
    expect(await bodySize(visitor)).toBe(20_000_000);
  });

  test('in the middle of its page leaves no answer that looks whole', async () => {
    const routes = 'routes: { ws: { match: GET /ws, timeouts: { idle: 300ms } } }';
    const legacy = await serve((_req, res) => void res.writeHead(403, { 'Content-Length': 9 }).write('half'));
    open.push(legacy);
    const edge = await startBefore(legacy.origin, { routes });
    const visitor = asks(edge);
    expect(await bodySize(visitor)).toBe(4);
    expect(await edge.outcome()).toMatchObject({ status: 403, ending: 'broken-off' });
  });

  test('by a coding that is not known is answered for with 502', async () => {
    const { edge } = await startBeforeRaw(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    );
    expect(await asks(edge).until(/<\/html>/)).toMatch(/^HTTP\/1\.1 502 /);
    expect(await edge.outcome()).toMatchObject({ failure: { code: 'unknown-framing' } });
  });

  test('by a head that cannot be passed on is answered for with 502', async () => {
    const { edge } = await startBeforeRaw('HTTP/1.1 403 No\x01\r\nContent-Length: 2\r\n\r\nno');
    expect(await asks(edge).until(/<\/html>/)).toMatch(/^HTTP\/1\.1 502 /);
    expect(await edge.outcome()).toMatchObject({ failure: { part: 'upstream', code: 'unfit-head' } });
  });

  test('a visitor who says something and leaves does not keep waiting', async () => {
    const { edge, closed } = await startBeforeRaw('HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nhalf');
    const visitor = asks(edge);
    await visitor.until(/half/);
    visitor.send('x');
    visitor.socket.destroy();
    await closed;
    expect(await edge.outcome()).toMatchObject({ ending: 'client-gone' });
    expect(await edge.drain(2_000)).toEqual(NOTHING_LEFT);
  });
});

describe('a handler that is asked for a WebSocket', () => {
  const TEXT = randomBytes(300_000).toString('hex');

  test('and fails has legacy answer in its place', async () => {
    const page = defineHandler({ session: false }, () => {
      throw new Error('no');
    });
    const edge = await start(120_000, { routes: PAGE, handlers: { page } });
    expect(await bodySize(asks(edge, '/page'))).toBe(120_000);
    expect(await edge.outcome()).toMatchObject({ status: 403, ending: 'answered', fallback: true });
  });

  test('has what it writes piece by piece sent whole', async () => {
    const page = defineHandler({ session: false }, async ({ res }) => {
      res.setHeader('Content-Length', TEXT.length);
      await pipeline(Readable.from(TEXT.match(/.{1,10000}/g) ?? []), res);
    });
    const edge = await start(0, { routes: PAGE, handlers: { page } });
    expect(await bodySize(asks(edge, '/page'))).toBe(TEXT.length);
    expect(await edge.outcome()).toMatchObject({ status: 200, ending: 'answered' });
  });

  test('has what is compressed sent whole', async () => {
    const page = defineHandler({ session: false }, () => TEXT);
    const edge = await start(0, { routes: `compression: gzip\n${PAGE}`, handlers: { page } });
    const visitor = asks(edge, '/page', 'Accept-Encoding: gzip');
    expect(await visitor.until(/\r\n0\r\n\r\n$/)).toMatch(/content-encoding: gzip/i);
    expect(await bodySize(visitor)).toBeGreaterThan(TEXT.length / 2);
  });

  test('hears that its visitor has left, whatever he said before', async () => {
    const [asked, left] = [signal(), signal()];
    const page = defineHandler({ session: false }, ({ signal: leaving }) => {
      leaving.addEventListener('abort', () => left.resolve());
      asked.resolve();
      return left.promise;
    });
    const edge = await start(0, { routes: PAGE, handlers: { page } });
    const visitor = asks(edge, '/page');
    await asked.promise;
    visitor.send('x');
    visitor.socket.destroy();
    await left.promise;
    expect(await edge.outcome()).toMatchObject({ ending: 'client-gone' });
  });

  test('and fails after its visitor has spoken leaves him his tunnel, with all he said', async () => {
    const legacy = createServer();
    legacy.on('upgrade', (_req, socket, head) => {
      socket.write('HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.write(head);
      socket.on('error', () => {}).pipe(socket);
    });
    const asked = signal();
    const page = defineHandler({ session: false }, async ({ req }) => {
      asked.resolve();
      await once(req.socket, 'data');
      throw new Error('no');
    });
    const edge = await startBefore(await listen(legacy), { routes: PAGE, handlers: { page } });
    const visitor = asks(edge, '/page', 'X: y', 'first ');
    await asked.promise;
    visitor.send('second');
    await visitor.until(/\r\n\r\nfirst second$/);
  });

  test.each([
    ['fails', undefined],
    ['answers', TEXT],
  ])('and %s keeps no connection of a visitor who says something and leaves', async (_, text) => {
    const page = defineHandler({ session: false }, () => {
      if (text === undefined) throw new Error('no');
      return text;
    });
    const edge = await start(200_000, {
      ...{ routes: `compression: gzip\n${PAGE}`, handlers: { page } },
      times: { lingerIdle: 300, lingerTotal: 600 },
    });
    const visitor = asks(edge, '/page', 'Accept-Encoding: gzip');
    await visitor.until(/\r\n\r\n/);
    visitor.send('x');
    visitor.socket.destroy();
    await edge.outcome();
    expect(await edge.drain(2_000)).toEqual(NOTHING_LEFT);
  });
});
