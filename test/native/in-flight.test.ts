// No more than limits.inFlight requests of a route are with its handler at a time.
import { afterEach, describe, expect, test } from 'vitest';
import { defineHandler, type HandlerFunction } from '../../src/native/define-handler.ts';
import type { ExpressHandler } from '../../src/native/express.ts';
import type { HandlerOptions } from '../../src/native/options.ts';
import { startEdge, type TestEdge } from '../edge/edge-in-one-process.ts';
import { ask, open, serve, signal } from '../edge/http.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const routes = (more = '') => `routes:
  slow: { match: ANY /slow, handler: slow, stage: new, limits: { inFlight: 2 }${more} }
  other: { match: GET /other, handler: other, stage: new, limits: { inFlight: 2 } }`;

/** A handler that waits until it is let go, and says when it has started twice. */
function waiting() {
  const [full, released] = [signal(), signal()];
  let started = 0;
  const wait = async () => {
    started += 1;
    if (started === 2) full.resolve();
    await released.promise;
  };
  return { wait, full: full.promise, release: released.resolve, started: () => started };
}

async function start(slow: unknown): Promise<TestEdge> {
  const legacy = await serve((_req, res) => void res.end('legacy'));
  const handlers = { slow, other: defineHandler(() => 'other') };
  const edge = await startEdge({ routes: routes(), handlers, legacyUrl: legacy.origin });
  closers.push(edge.close, legacy.close);
  return edge;
}

const defined = (run: HandlerFunction, options: HandlerOptions = {}) => defineHandler(options, run);
const slow = { path: '/slow' };

describe('beyond the limit', () => {
  test('a request is 503 at once, also where legacy could answer, and other routes do not mind', async () => {
    const { wait, full, release } = waiting();
    const edge = await start(defined(() => wait().then(() => 'slow')));
    const first = [ask(edge.port, slow), ask(edge.port, slow)];
    await full;
    const third = await ask(edge.port, slow);
    expect(third).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(await edge.outcome()).toMatchObject({
      ...{ status: 503, fallback: false },
      failure: { part: 'handler', code: 'too-many' },
    });
    expect((await ask(edge.port, { path: '/other' })).body).toBe('other');
    release();
    expect((await Promise.all(first)).map(({ body }) => body)).toEqual(['slow', 'slow']);
    expect((await ask(edge.port, slow)).body).toBe('slow');
  });

  test('counting goes on over a change of the table', async () => {
    const { wait, full, release } = waiting();
    const edge = await start(defined(() => wait().then(() => 'slow')));
    const first = [ask(edge.port, slow), ask(edge.port, slow)];
    await full;
    edge.setRoutes(routes(', fallback: none'));
    expect((await ask(edge.port, slow)).status).toBe(503);
    release();
    await Promise.all(first);
  });
});

const ends: Readonly<Record<string, unknown>> = {
  throws: defined(() => Promise.reject(new Error('broken'))),
  'returns nothing': defined(() => undefined),
  'passes its deadline': defined(() => new Promise<string>(() => {}), { timeout: '20ms' }),
  'is Express code that throws': ((_req, _res) => {
    throw new Error('broken');
  }) as ExpressHandler,
  'is Express code that calls next()': ((_req, _res, next) => next()) as ExpressHandler,
  'is Express code that answers': ((_req, res) => res.send('x')) as ExpressHandler,
};

test.each(Object.keys(ends))('a handler that %s gives its place back', async (name) => {
  const edge = await start(ends[name]);
  for (let count = 0; count < 5; count += 1)
    expect((await ask(edge.port, { ...slow, method: 'POST' })).status).not.toBe(503);
});

test('a refused body gives its place back', async () => {
  const edge = await start(defined(() => 'x', { bodyLimit: 1 }));
  const asked = { ...slow, method: 'POST', body: '{}', headers: ['Content-Type', 'application/json'] };
  for (let count = 0; count < 5; count += 1) expect((await ask(edge.port, asked)).status).toBe(413);
});

test('a handler that works on for a visitor who has left keeps its place until it is done', async () => {
  const { wait, full, release } = waiting();
  const edge = await start(defined(() => wait().then(() => 'slow')));
  const gone = [open(edge.port, slow), open(edge.port, slow)];
  for (const req of gone) req.on('error', () => {}).end();
  await full;
  for (const req of gone) req.destroy();
  expect([(await edge.outcome()).ending, (await edge.outcome()).ending]).toEqual([
    'client-gone',
    'client-gone',
  ]);
  expect((await ask(edge.port, slow)).status).toBe(503);
  release();
  expect((await ask(edge.port, slow)).body).toBe('slow');
});

test('a handler that never ends keeps its place until its deadline only', async () => {
  const { wait, full, started } = waiting();
  const edge = await start(defined(() => wait().then(() => 'slow'), { timeout: '100ms' }));
  const gone = [open(edge.port, slow), open(edge.port, slow)];
  for (const req of gone) req.on('error', () => {}).end();
  await full;
  for (const req of gone) req.destroy();
  await expect.poll(async () => (await ask(edge.port, slow)).body, { timeout: 5_000 }).toBe('legacy');
  expect(started()).toBe(3);
});
