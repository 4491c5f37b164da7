// What a worker tells its operator of what goes wrong without a request that fails: in the log and in /metrics.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Edge, type LogLine, startEdge, waitUntil } from './edge-process.ts';
import { ask, workersOf } from './visitor.ts';

const HANDLERS = fileURLToPath(new URL('handlers-under-test', import.meta.url));

/** Redirects to its own address, which visitors cannot reach. */
const leaky = createServer((req, res) => {
  res.writeHead(302, { Location: `http://127.0.0.1:${req.socket.localPort}/next` }).end();
});

let edge: Edge;
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    leaky.listen(0, '127.0.0.1', resolve);
  });
  edge = await startEdge({
    routes: `upstreams:
  legacy: \${LEGACY_URL}
  leaky: http://127.0.0.1:${(leaky.address() as AddressInfo).port}
routes:
  hello: { match: GET /hello, handler: hello, stage: new }
  rejects: { match: GET /rejects, handler: rejects-later, stage: new }
  leaky: { match: GET /leaky, upstream: leaky, stage: new }
`,
    environment: { HANDLERS, WORKERS: '1', TRUSTED_PROXIES: '' },
  });
});
afterAll(async () => {
  await edge?.stop();
  leaky.close();
});

/** The lines of the log that say a text, once there is one. */
async function logged(text: string): Promise<readonly LogLine[]> {
  const find = () => edge.log().filter(({ msg }) => msg?.includes(text));
  await waitUntil(
    async () => find().length > 0,
    edge.ended,
    () => `not in the log: ${text}`,
  );
  return find();
}

async function metrics(): Promise<readonly string[]> {
  return (await (await fetch(`${edge.admin}/metrics`)).text()).split('\n');
}

it('the log warns of a proxy that is missing in TRUSTED_PROXIES, once for many requests, and all are counted', async () => {
  for (let count = 0; count < 3; count += 1)
    await ask(`${edge.url}/hello`, { headers: { 'X-Forwarded-For': '203.0.113.9' } });
  const lines = await logged('add it to TRUSTED_PROXIES');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: 40 });
  expect(lines[0]?.msg).toMatch(/^x-forwarded-for from 127\.0\.0\.1 is not believed/);
  expect(await metrics()).toContain('banyan_ignored_forwarding_total 3');
});

it('an upstream’s own address that went out is counted', async () => {
  expect((await ask(`${edge.url}/leaky`)).header('location')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/next$/);
  // An outcome is counted a moment after its answer.
  await expect.poll(metrics).toContain('banyan_leaks_total{route="leaky",field="location"} 1');
});

it('a promise that was rejected and that nobody awaits is logged, and the worker serves on', async () => {
  const workers = workersOf(edge.pid);
  expect(workers).toHaveLength(1);
  expect((await ask(`${edge.url}/rejects`)).text).toBe('and then it was rejected');
  const lines = await logged('a promise was rejected and nobody awaited it');
  expect(lines).toEqual([
    expect.objectContaining({
      level: 50,
      err: expect.objectContaining({ message: 'rejected behind the answer' }),
    }),
  ]);
  expect((await ask(`${edge.url}/hello`)).text).toBe('hello');
  expect(workersOf(edge.pid)).toEqual(workers);
});
