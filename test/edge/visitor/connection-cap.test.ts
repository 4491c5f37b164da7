// More connections than a worker keeps: the next one is told so, and those that are open are served.
import { afterEach, expect, test } from 'vitest';
import { startEdge, type TestEdge } from '../edge-in-one-process.ts';
import { serve, type TestServer } from '../http.ts';
import { serverClosed, visit } from '../raw-visitor.ts';

const ROUTES = 'limits: { connections: 2 }\nroutes: {}';
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

let legacy: TestServer;
let edge: TestEdge;
afterEach(async () => {
  await edge.close();
  await legacy.close();
});

async function start() {
  legacy = await serve((_req, res) => res.end('served'));
  edge = await startEdge({ routes: ROUTES, legacyUrl: legacy.origin, times: { refusedLinger: 100 } });
}

test('the connection beyond the cap gets 503 at once and is closed', async () => {
  await start();
  const served = [visit(edge.port, GET), visit(edge.port, GET)];
  for (const visitor of served) await visitor.until(/served$/);
  const visitor = visit(edge.port);
  expect(await visitor.until(/\r\n\r\n$/)).toBe(
    'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 1\r\n\r\n',
  );
  await serverClosed(visitor);
  for (const other of served) {
    other.send(GET);
    await other.until(/served.*served$/s);
    other.socket.destroy();
  }
});

test('a refused connection is told of, and its request is not served', async () => {
  await start();
  const served = [visit(edge.port, GET), visit(edge.port, GET)];
  for (const visitor of served) await visitor.until(/served$/);
  await edge.outcome();
  await edge.outcome();
  const visitor = visit(edge.port, GET);
  await visitor.until(/503/);
  expect(await edge.outcome()).toMatchObject({
    status: 503,
    decision: undefined,
    failure: { part: 'request', code: 'too-many-connections' },
  });
  visitor.socket.end();
  expect(await visitor.ended).toBe('closed');
  for (const { socket } of served) socket.destroy();
});

test('a place that becomes free is given to the next', async () => {
  await start();
  const first = visit(edge.port, GET);
  const second = visit(edge.port, GET);
  await Promise.all([first.until(/served$/), second.until(/served$/)]);
  first.socket.end();
  await first.ended;
  const third = visit(edge.port, GET);
  await third.until(/served$/);
  second.socket.destroy();
  third.socket.destroy();
});

test('the cap is that of the table that is served', async () => {
  await start();
  edge.setRoutes('limits: { connections: 3 }\nroutes: {}');
  const visitors = [visit(edge.port, GET), visit(edge.port, GET), visit(edge.port, GET)];
  for (const visitor of visitors) await visitor.until(/served$/);
  for (const { socket } of visitors) socket.destroy();
});
