// The addresses of one upstream.
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { Origins, PASSED_OVER_MS } from '../../../src/edge/upstream/origins.ts';
import { startEdge } from '../edge-in-one-process.ts';
import { ask, deadOrigin, open, readBody, serve } from '../http.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function originsOf(...origins: string[]) {
  const clock = { now: 0 };
  const timeouts = { connect: 1, headers: 1, idle: 1, total: undefined };
  const upstream = { name: 'api', origins, written: origins, timeouts, host: undefined, rewrite: false };
  return { clock, origins: new Origins(upstream, () => clock.now) };
}

describe('the addresses of an upstream', () => {
  const [A, B, C] = ['http://a', 'http://b', 'http://c'] as const;

  test('take turns', () => {
    const { origins } = originsOf(A, B, C);
    expect([1, 2, 3, 4].map(() => origins.next().url)).toEqual([A, B, C, A]);
  });

  test('are passed over for a while when they cannot be reached', () => {
    const { origins, clock } = originsOf(A, B, C);
    origins.passOver(origins.next());
    expect([1, 2, 3].map(() => origins.next().url)).toEqual([B, C, B]);
    clock.now = PASSED_OVER_MS;
    expect([1, 2, 3].map(() => origins.next().url)).toEqual([C, A, B]);
  });

  test('are tried all the same when none can be reached', () => {
    const { origins } = originsOf(A, B);
    origins.passOver(origins.next());
    origins.passOver(origins.next());
    expect(new Set([1, 2].map(() => origins.next().url))).toEqual(new Set([A, B]));
  });
});

describe('where the first address cannot be reached', () => {
  async function startHalfDead() {
    const dead = await deadOrigin();
    const alive = await serve(async (req, res) => res.end(`${req.method} ${await readBody(req)}`));
    const routes = `routes: {}\nupstreams: { legacy: { url: ["${dead}", "${alive.origin}"] } }`;
    const edge = await startEdge({ routes });
    closers.push(edge.close, alive.close);
    return edge;
  }

  test('a request without a body is asked at the next', async () => {
    const edge = await startHalfDead();
    const answers = [];
    for (let count = 0; count < 4; count += 1) answers.push((await ask(edge.port)).body);
    expect(answers).toEqual(['GET ', 'GET ', 'GET ', 'GET ']);
  });

  test('a form that has come whole is asked at the next, since nothing was sent', async () => {
    const edge = await startHalfDead();
    const asked = { method: 'POST', headers: ['Content-Length', '3'], body: 'a=1' };
    expect(await ask(edge.port, asked)).toMatchObject({ status: 200, body: 'POST a=1' });
  });

  test('a body that flows is not sent twice', async () => {
    const edge = await startHalfDead();
    const req = open(edge.port, { method: 'POST', headers: ['Transfer-Encoding', 'chunked'] });
    req.write('a=1');
    const [res] = await once(req, 'response');
    expect(res.statusCode).toBe(502);
    req.destroy();
  });
});

test('addresses share the requests', async () => {
  const counts = [0, 0];
  const servers = await Promise.all(
    counts.map((_, index) =>
      serve((_req, res) => {
        counts[index] = (counts[index] ?? 0) + 1;
        res.end();
      }),
    ),
  );
  const urls = servers.map(({ origin }) => `"${origin}"`).join(', ');
  const edge = await startEdge({ routes: `routes: {}\nupstreams: { legacy: { url: [${urls}] } }` });
  closers.push(edge.close, ...servers.map(({ close }) => close));
  for (let count = 0; count < 10; count += 1) await ask(edge.port);
  expect(counts).toEqual([5, 5]);
});
