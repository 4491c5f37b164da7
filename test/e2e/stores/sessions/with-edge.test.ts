// Sessions through a whole edge: a login is seen at once, nothing that PHP writes is lost, and nobody is logged out.
import { afterEach, expect, inject, test } from 'vitest';
import { waitUntil } from '../../edge-process.ts';
import { figure, record } from '../../figures.ts';
import { Browser, type LegacyAndEdge, startLegacyAndEdge } from './legacy.ts';
import { filesUnderTest, memcachedUnderTest, type PlaceUnderTest, redisUnderTest } from './places.ts';

const { php } = inject('services');
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

type Options = { readonly url: string; readonly settings?: Record<string, string> };

async function start(place: Promise<PlaceUnderTest>, { url, settings = {} }: Options) {
  const used = await place;
  opened.push(used);
  const both = await startLegacyAndEdge(
    { ...used.php.settings, ...settings },
    `${used.url}&user=Auth.User.id${url}`,
  );
  opened.push(both);
  return { place: used, edge: (both satisfies LegacyAndEdge).edge };
}

/** One server: on several, phpredis 5.3 now and then leaves the lock of a new session on another one, and then writes nothing more to it. */
const oneRedis = (php: string) => redisUnderTest(php, [1]);

test.each([
  ['memcached', memcachedUnderTest],
  ['Redis', oneRedis],
  ['files', filesUnderTest],
])('a login in PHP is seen by a handler at once, in the same browser: %s', async (name, place) => {
  const { edge } = await start(place(php), { url: '&timeout=2s' });
  const browser = new Browser(edge.url);
  expect((await browser.get('/handler')).user).toBeNull();
  await browser.get('/login');
  const began = performance.now();
  const next = await browser.get('/handler');
  const ms = Math.ceil(performance.now() - began);
  expect(next).toEqual({ status: 200, user: '7', n: null });
  await browser.get('/count');
  expect(await browser.get('/handler')).toEqual({ status: 200, user: '7', n: 1 });
  record({
    figure: `A login in PHP, and a handler asked next in the same browser: ${name}`,
    demanded: 'seen at once',
    measured: `user ${next.user} in the next request's answer, ${ms} ms after PHP's`,
  });
});

test('nothing that PHP writes at a time is lost while handlers read and renew, and no lock is left', async () => {
  const writes = figure(100, 1000);
  const { edge, place } = await start(memcachedUnderTest(php), { url: '&timeout=2s&lifetime=30s' });
  const browsers = Array.from({ length: 20 }, () => new Browser(edge.url));
  await Promise.all(browsers.map((browser) => browser.get('/login')));
  let writing = true;
  const reads: number[] = [];
  const read = async (browser: Browser) => {
    while (writing) reads.push((await browser.get('/handler')).status);
  };
  const reading = browsers.slice(0, 8).map(read);
  const each = writes / browsers.length;
  await Promise.all(
    browsers.map(async (browser) => {
      for (let n = 0; n < each; n += 1) await browser.get('/count');
    }),
  );
  writing = false;
  await Promise.all(reading);

  const counted = await Promise.all(browsers.map((browser) => browser.get('/me')));
  expect(counted.map(({ n, user }) => [n, user])).toEqual(browsers.map(() => [each, 7]));
  const kept = counted.reduce((sum, { n }) => sum + Number(n), 0);
  const seen = await Promise.all(browsers.map((browser) => browser.get('/handler')));
  expect(seen.map(({ n }) => n)).toEqual(browsers.map(() => each));
  expect(new Set(reads)).toEqual(new Set([200]));
  const locks = (await place.keys()).filter((key) => key.includes('lock'));
  expect(locks).toEqual([]);
  record({
    figure: 'Writes of PHP to sessions while handlers read and renew the same ones',
    demanded: '1,000 at a time: none lost, no lock left behind',
    measured: `${writes} writes in 20 sessions, ${reads.length} reads between them: lost ${writes - kept}, locks left ${locks.length}`,
  });
});

test.each([
  ['memcached', memcachedUnderTest],
  ['Redis', oneRedis],
])(
  'a visitor who meets only handlers stays logged in beyond the lifetime of a session: %s',
  async (name, place) => {
    // Short, but long enough for a machine that has much else to do: three renewals fit into it.
    const lifetime = 4;
    const settings = { 'session.gc_maxlifetime': `${lifetime}` };
    const { edge } = await start(place(php), { url: `&timeout=1s&lifetime=${lifetime}s`, settings });
    const [kept, left] = [new Browser(edge.url), new Browser(edge.url)];
    await kept.get('/login');
    await left.get('/login');
    const began = performance.now();
    const seen: unknown[] = [];
    while (performance.now() - began < lifetime * 1000 + 2500) {
      seen.push((await kept.get('/handler')).user);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect(new Set(seen)).toEqual(new Set(['7']));
    expect((await kept.get('/me')).user).toBe(7);
    // Who meets nobody is logged out, as ever.
    await waitUntil(async () => (await left.get('/handler')).user === null);
    record({
      figure: `A visitor who meets only handlers for longer than PHP's session lifetime: ${name}`,
      demanded: 'is still logged in',
      measured: `after ${((performance.now() - began) / 1000).toFixed(1)} s with a lifetime of ${lifetime} s: logged in, in PHP too`,
    });
  },
);
