// Visitors who end their side before they have their answer: those who wait for it, and those who have gone.
import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { type EdgeOptions, startEdge, type TestEdge } from '../edge-in-one-process.ts';
import { serve, signal } from '../http.ts';
import { visit } from '../raw-visitor.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const { close } of open.splice(0).reverse()) await close();
});

async function start(
  answer: (res: ServerResponse) => void,
  more: Partial<EdgeOptions> = {},
): Promise<TestEdge> {
  const legacy = await serve((_req, res) => answer(res));
  const edge = await startEdge({ routes: 'routes: {}', legacyUrl: legacy.origin, ...more });
  open.push(legacy, edge);
  return edge;
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

test('a visitor who ends his side and waits gets his answer, and the connection closes', async () => {
  const edge = await start((res) => setTimeout(() => res.end('whole'), 100));
  const visitor = visit(edge.port);
  visitor.socket.end(GET);
  expect(await visitor.until(/whole$/)).toMatch(/^HTTP\/1\.1 200 /);
  expect(await visitor.ended).toBe('closed');
  expect((await edge.outcome()).ending).toBe('answered');
});

test('a visitor who ends his side is served as long as his answer flows', async () => {
  const edge = await start((res) => {
    let count = 0;
    const timer = setInterval(() => {
      count += 1;
      if (count < 20) return void res.write(`piece ${count}\n`);
      clearInterval(timer);
      res.end('last');
    }, 50);
  });
  const visitor = visit(edge.port);
  visitor.socket.end(GET);
  await visitor.until(/last\r\n0\r\n\r\n$/);
  expect(await visitor.ended).toBe('closed');
});

test('a visitor who goes before his answer begins ends the upstream’s work within a second', async () => {
  const asked = signal();
  const left = signal();
  const edge = await start((res) => {
    res.on('close', () => left.resolve());
    asked.resolve();
  });
  const visitor = visit(edge.port, GET);
  await asked.promise;
  const startedAt = performance.now();
  visitor.socket.destroy();
  await left.promise;
  expect(performance.now() - startedAt).toBeLessThan(1_500);
  expect((await edge.outcome()).ending).toBe('client-gone');
});

test('a visitor who goes from a quiet event stream ends it', async () => {
  const left = signal();
  const edge = await start((res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n');
    res.on('close', () => left.resolve());
  });
  const visitor = visit(edge.port, GET);
  await visitor.until(/data: 1/);
  visitor.socket.destroy();
  await left.promise;
  expect((await edge.outcome()).ending).toBe('client-gone');
});

test('a visitor who goes in the middle of a body is not answered in its place', async () => {
  const edge = await start((res) => void res.req.resume());
  const visitor = visit(edge.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
  visitor.socket.end();
  await visitor.ended;
  expect(visitor.text()).toBe('');
  expect(await edge.outcome()).toMatchObject({ ending: 'client-gone' });
});

test.each([
  ['1.0', 'reset'],
  ['1.1', 'closed'],
])('a visitor of HTTP/%s who is given up in the middle of an answer is %s', async (version, how) => {
  const edge = await start((res) => void res.write('half'));
  const visitor = visit(edge.port, GET.replace('1.1', version));
  await visitor.until(/half/);
  visitor.socket.end();
  expect(await visitor.ended).toBe(how);
});
