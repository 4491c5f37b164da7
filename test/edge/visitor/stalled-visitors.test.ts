// Visitors who hold up a body or an answer are dropped; those on whom nothing waits are not.
import { afterEach, describe, expect, test } from 'vitest';
import { type EdgeOptions, startEdge, type TestEdge } from '../edge-in-one-process.ts';
import { serve, signal, type TestServer } from '../http.ts';
import { serverClosed, serverEnded, visit } from '../raw-visitor.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const { close } of open.splice(0).reverse()) await close();
});

const QUICK = { check: 50, bodyIdle: 600, readerIdle: 600 };

async function start(
  listener: Parameters<typeof serve>[0],
  more: Partial<EdgeOptions> = {},
): Promise<TestEdge> {
  const legacy: TestServer = await serve(listener);
  const edge = await startEdge({ routes: 'routes: {}', legacyUrl: legacy.origin, times: QUICK, ...more });
  open.push(legacy, edge);
  return edge;
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const LARGE = 'x'.repeat(20_000_000);

describe('an answer', () => {
  test('that nobody reads is broken off', async () => {
    const left = signal();
    const edge = await start((_req, res) => {
      res.on('close', () => left.resolve());
      res.end(LARGE);
    });
    const visitor = visit(edge.port);
    visitor.socket.pause();
    visitor.send(GET);
    await left.promise;
    expect(await edge.outcome()).toMatchObject({ ending: 'client-gone', status: 200 });
    visitor.socket.destroy();
  });

  test('that is read slowly is given whole', async () => {
    const edge = await start((_req, res) => res.end(LARGE.slice(0, 12_000_000)));
    const visitor = visit(edge.port);
    const timer = setInterval(() => {
      visitor.socket.pause();
      setTimeout(() => visitor.socket.resume(), 150);
    }, 200);
    visitor.send(GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    await serverEnded(visitor);
    clearInterval(timer);
    expect(visitor.text().split('\r\n\r\n')[1]).toHaveLength(12_000_000);
    visitor.socket.end();
  });

  test('of which nothing is there to be read may take its time', async () => {
    const edge = await start((_req, res) => {
      res.write('first');
      setTimeout(() => res.end('last'), 1_000);
    });
    const visitor = visit(edge.port, GET);
    await visitor.until(/last\r\n0\r\n\r\n$/);
    visitor.socket.destroy();
  });
});

describe('a body', () => {
  test('that stops coming ends the connection', async () => {
    const edge = await start((req, res) => void req.resume().on('end', () => res.end()));
    const visitor = visit(edge.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
    await serverClosed(visitor);
    expect(await edge.outcome()).toMatchObject({ ending: 'client-gone' });
  });

  test('that stops coming in the middle of an answer to HTTP/1.0 ends in a reset', async () => {
    const edge = await start((_req, res) => void res.write('half'));
    const visitor = visit(edge.port, 'POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
    await visitor.until(/half$/);
    expect(await visitor.ended).toBe('reset');
  });

  test('that comes in crumbs ends the connection', async () => {
    const edge = await start((req, res) => void req.resume().on('end', () => res.end()));
    const visitor = visit(edge.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n');
    const timer = setInterval(() => visitor.send('x'), 120);
    await serverClosed(visitor);
    clearInterval(timer);
    expect(await edge.outcome()).toMatchObject({ ending: 'client-gone' });
  });

  test('that comes slowly is taken', async () => {
    const times = { ...QUICK, bodyRate: 2 };
    const edge = await start((req, res) => void req.resume().on('end', () => res.end('whole')), { times });
    const visitor = visit(edge.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n');
    const timer = setInterval(() => visitor.send('x'), 120);
    await visitor.until(/whole$/);
    clearInterval(timer);
    visitor.socket.destroy();
  });

  test('that an upstream does not take is not the visitor’s fault', async () => {
    const edge = await start((req, res) => {
      setTimeout(() => req.resume().on('end', () => res.end('whole')), 1_000);
    });
    const visitor = visit(
      edge.port,
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${LARGE.length}\r\n\r\n${LARGE}`,
    );
    await visitor.until(/whole$/);
    visitor.socket.destroy();
  });
});

test('a connection that was kept after a body is kept as long as any other', async () => {
  const edge = await start((req, res) => void req.resume().on('end', () => res.end('whole')));
  const visitor = visit(edge.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx');
  await visitor.until(/whole$/);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  visitor.send(GET);
  await visitor.until(/whole.*whole$/s);
  visitor.socket.destroy();
});
