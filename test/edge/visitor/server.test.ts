// The end of a worker's server: what is being answered is finished, what is idle is let go.
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { createEdgeServer } from '../../../src/edge/visitor/server.ts';
import type { ServerParts } from '../../../src/edge/visitor/visitors.ts';
import { createExpressClasses } from '../../../src/native/express.ts';
import { ask, open, readAnswer, signal } from '../http.ts';

async function start(serve: ServerParts['serve'], more: Partial<ServerParts> = {}) {
  const server = createEdgeServer({ classes: createExpressClasses(() => false), serve, ...more });
  return { server, port: (await server.listen({ host: '127.0.0.1', port: 0 })) ?? 0 };
}

test('listening on a port that is taken fails', async () => {
  const { server, port } = await start((_req, res) => res.end());
  const other = createEdgeServer({ classes: createExpressClasses(() => false), serve: () => {} });
  await expect(other.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await server.drain(0);
});

test('drain finishes what is being answered, and says that the connection closes', async () => {
  const arrived = signal();
  const go = signal();
  const { server, port } = await start((_req, res) => {
    arrived.resolve();
    void go.promise.then(() => res.end('whole'));
  });
  const req = open(port);
  req.end();
  await arrived.promise;
  const drained = server.drain(10_000);
  go.resolve();
  const [res] = await once(req, 'response');
  expect(await readAnswer(res)).toMatchObject({
    status: 200,
    headers: { connection: 'close' },
    body: 'whole',
  });
  await drained;
});

test('drain accepts nothing more', async () => {
  const { server, port } = await start((_req, res) => res.end());
  await server.drain(0);
  await expect(ask(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('drain serves the connections that wait in the socket to be accepted', async () => {
  const { server, port } = await start((_req, res) => res.end('served'));
  const answers = Array.from({ length: 20 }, () => ask(port));
  // The system accepts them now, and the server not before the event loop turns.
  await new Promise((resolve) => process.nextTick(resolve));
  const drained = server.drain(10_000);
  for (const answer of await Promise.all(answers))
    expect(answer).toMatchObject({ status: 200, headers: { connection: 'close' }, body: 'served' });
  await drained;
});

test('drain serves the request that is already on its way on an idle connection, and closes it then', async () => {
  const { server, port } = await start((req, res) => res.end(req.url));
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  const request = (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  request('/1');
  await once(socket, 'data');
  const drained = server.drain(10_000);
  request('/2');
  const [text] = await once(socket, 'data');
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n.*connection: close\r\n.*\/2$/is);
  await drained;
});

test('drain breaks what is still being answered when its time is over', async () => {
  const arrived = signal();
  const { server, port } = await start(() => arrived.resolve());
  const req = open(port);
  const failed = once(req, 'error');
  req.end();
  await arrived.promise;
  await server.drain(60);
  expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
});
