// What the edge does when it is told to stop, or to take new code.
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type Edge, startEdge, waitUntil } from './edge-process.ts';
import { ask, open, refused, textOf, workersOf } from './visitor.ts';

const HANDLERS = fileURLToPath(new URL('handlers-under-test', import.meta.url));
const ROUTES = `routes:
  hello: { match: GET /hello, handler: hello, stage: new }
  slow: { match: GET /slow, handler: slow, stage: new }
`;

let edge: Edge | undefined;
afterEach(async () => {
  await edge?.stop();
  edge = undefined;
});

async function start(environment: Record<string, string> = {}): Promise<Edge> {
  edge = await startEdge({ routes: ROUTES, environment: { HANDLERS, ACCESS_LOG: 'off', ...environment } });
  return edge;
}

it('USR2 replaces the workers without a request that fails', async () => {
  const { url, pid, signal, ended } = await start({ WORKERS: '2' });
  const before = workersOf(pid);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });
  const failures: string[] = [];
  let stopped = false;
  const read = async () => {
    while (!stopped) {
      const answer = await ask(`${url}/hello`, { agent }).catch((error: Error) => error);
      if (answer instanceof Error) failures.push(answer.message);
      else if (answer.text !== 'hello') failures.push(`${answer.status}`);
    }
  };
  const reading = Array.from({ length: 20 }, read);
  // An answer that takes as long as the change does is finished by the worker that began it.
  const streamed = ask(`${url}/stream.php?n=4&ms=400`);
  signal('SIGUSR2');
  const replaced = async () => {
    const now = workersOf(pid);
    return now.length === 2 && !now.some((worker) => before.includes(worker));
  };
  await waitUntil(replaced, ended, () => `workers ${before}, now ${workersOf(pid)}`);
  stopped = true;
  await Promise.all(reading);
  agent.destroy();
  expect(failures).toEqual([]);
  expect((await streamed).text).toContain('Done.');
});

it('TERM finishes what is under way, and ends with 0', async () => {
  const { url, admin, signal, ended } = await start();
  const slow = ask(`${url}/slow?ms=1500`);
  const streamed = await open(`${url}/stream.php?n=4&ms=400`);
  signal('SIGTERM');
  const unready = async () => (await fetch(`${admin}/readyz`)).status === 503;
  await waitUntil(unready);
  expect((await slow).text).toBe('slow');
  expect(await textOf(streamed)).toContain('Done.');
  expect(await ended).toBe('exit 0');
});

describe('while TERM waits for a request under way, a new connection is refused at once', () => {
  it.each(['1', '2'])('by %s workers', async (workers) => {
    const { url, signal, ended } = await start({ WORKERS: workers });
    const streamed = await open(`${url}/stream.php?n=10&ms=400`);
    signal('SIGTERM');
    await refused(url);
    expect(streamed.complete).toBe(false);
    expect(await textOf(streamed)).toContain('Done.');
    expect(await ended).toBe('exit 0');
  });

  it('also in the middle of a replacement, which is then no failure', async () => {
    const { url, pid, signal, ended, log } = await start({ WORKERS: '2' });
    const before = workersOf(pid);
    const streamed = await open(`${url}/stream.php?n=10&ms=400`);
    signal('SIGUSR2');
    await waitUntil(async () => workersOf(pid).some((worker) => !before.includes(worker)), ended);
    signal('SIGTERM');
    await refused(url);
    expect(streamed.complete).toBe(false);
    expect(await textOf(streamed)).toContain('Done.');
    expect(await ended).toBe('exit 0');
    expect(log().filter(({ level }) => level >= 50)).toEqual([]);
  });
});

it('for DRAIN_DELAY the edge is not ready and serves on, also on new connections', async () => {
  const { url, admin, signal, ended } = await start({ DRAIN_DELAY: '2s' });
  signal('SIGTERM');
  await waitUntil(async () => (await fetch(`${admin}/readyz`)).status === 503);
  const agent = new http.Agent({ keepAlive: true });
  const answer = await ask(`${url}/hello`, { agent });
  agent.destroy();
  expect(answer.text).toBe('hello');
  expect(answer.header('connection')).not.toBe('close');
  expect(await ended).toBe('exit 0');
});

it('a second TERM during DRAIN_DELAY ends at once', async () => {
  const { admin, signal, ended } = await start({ DRAIN_DELAY: '60s' });
  signal('SIGTERM');
  await waitUntil(async () => (await fetch(`${admin}/readyz`)).status === 503);
  signal('SIGTERM');
  expect(await ended).toBe('exit 1');
});

it('what takes longer than DRAIN_TIMEOUT is broken off', async () => {
  const { url, signal, ended } = await start({ DRAIN_TIMEOUT: '1s' });
  const streamed = await open(`${url}/stream.php?n=100&ms=100`);
  signal('SIGTERM');
  const reading = async () => {
    for await (const _piece of streamed);
  };
  await expect(reading()).rejects.toThrow('aborted');
  expect(await ended).toBe('exit 0');
});

it('a second TERM ends at once', async () => {
  const { url, signal, ended, log } = await start();
  // Once its head is here, the request is under way: a connection nobody has accepted would hold nothing up.
  const streamed = await open(`${url}/stream.php?n=100&ms=200`);
  const reading = async () => {
    for await (const _piece of streamed);
  };
  const lost = expect(reading()).rejects.toThrow('aborted');
  const startedAt = performance.now();
  signal('SIGTERM');
  await waitUntil(async () => log().some(({ msg }) => msg?.startsWith('received SIGTERM')));
  signal('SIGTERM');
  expect(await ended).toBe('exit 1');
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  await lost;
});
