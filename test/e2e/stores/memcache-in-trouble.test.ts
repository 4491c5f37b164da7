// Handlers while memcached is killed, hangs, answers nonsense and comes back: no wrong value, no long wait, no restart.

import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { defineHandler } from '../../../src/native/define-handler.ts';
import { type Cache, createCache } from '../../../src/stores/memcache/cache.ts';
import { createMemcache } from '../../../src/stores/memcache/memcache.ts';
import { startEdge, type TestEdge } from '../../edge/edge-in-one-process.ts';
import {
  answer,
  type Behaviour,
  type FakeServer,
  keyOf,
  response,
  startFakeServer,
} from '../../stores/memcache/fake-server.ts';
import { figure, record } from '../figures.ts';
import { type MemcachedServers, startMemcachedServers } from './memcached-servers.ts';

const { php } = inject('services');

/** What every handler's answer is held against. */
const rightValue = (key: string) => `value of ${key}`;
const KEYS = Array.from({ length: 30 }, (_, index) => `key:${index}`);

/** Reads all keys, and says what it found. */
const reads = defineHandler({ timeout: '1s', session: false }, async ({ cache }) => {
  const found = await cache.getMany(KEYS);
  const remembered = await cache.remember('sum', '1s', () => KEYS.length, { stale: '0s' });
  return { found: Object.fromEntries(found), remembered };
});

type Answer = { readonly found: Record<string, string>; readonly remembered: number };

/** Asks again and again until told to stop; keeps account. */
function visitor(edge: TestEdge) {
  const account = { answers: 0, wrong: [] as string[], slowest: 0, last: 0 };
  let isOver = false;
  const run = async () => {
    while (!isOver) {
      const started = performance.now();
      const reply = await fetch(`http://127.0.0.1:${edge.port}/`);
      const body = reply.status === 200 ? ((await reply.json()) as Answer) : undefined;
      account.slowest = Math.max(account.slowest, performance.now() - started);
      account.answers++;
      account.last = Object.keys(body?.found ?? {}).length;
      if (!body || body.remembered !== KEYS.length) account.wrong.push(`status ${reply.status}`);
      for (const [key, value] of Object.entries(body?.found ?? {}))
        if (value !== rightValue(key)) account.wrong.push(`${key}: ${value}`);
    }
  };
  const running = Promise.all([run(), run(), run()]);
  return {
    account,
    stop: async () => {
      isOver = true;
      await running;
    },
  };
}

describe('memcached', () => {
  let servers: MemcachedServers;
  let cache: Cache;
  let edge: TestEdge;

  beforeAll(async () => {
    servers = await startMemcachedServers(3);
    cache = createCache(createMemcache(`memcached://${addresses()}?timeout=150ms`));
    edge = await startEdge({
      routes: 'routes: { reads: { match: GET /, handler: reads, stage: new, fallback: none } }',
      handlers: { reads },
      legacyUrl: 'http://127.0.0.1:1',
      stores: { cache },
    });
  });
  afterAll(async () => {
    await edge.close();
    await cache.close();
    await servers.stop();
  });

  function addresses(): string {
    return servers.ports.map((port) => `127.0.0.1:${port}`).join(',');
  }

  /** PHP fills all keys, also those that a server has lost. */
  function fill(): void {
    const list = servers.ports.map((port) => `['127.0.0.1', ${port}]`).join(', ');
    const keys = JSON.stringify(KEYS);
    execFileSync(php, [
      '-r',
      `$m = new Memcached; $m->addServers([${list}]); foreach (json_decode('${keys}') as $k) $m->set($k, "value of $k") or exit(1);`,
    ]);
  }

  test('killed, hung, and back: nothing wrong is read, nobody waits, and all is found again', async () => {
    fill();
    const { account, stop } = visitor(edge);
    const found = () => expect.poll(() => account.last, { timeout: 20_000 });
    const seen: string[] = [];
    try {
      await found().toBe(KEYS.length);
      for (const [index, service] of servers.services.entries()) {
        service.pause();
        await found().toBeLessThan(KEYS.length);
        service.resume();
        await found().toBe(KEYS.length);
        seen.push(`${index} hung`);
        await service.kill();
        await found().toBeLessThan(KEYS.length);
        await service.start();
        fill();
        await found().toBe(KEYS.length);
        seen.push(`${index} killed`);
      }
      for (const service of servers.services) service.pause();
      await found().toBe(0);
      for (const service of servers.services) service.resume();
      await found().toBe(KEYS.length);
    } finally {
      for (const service of servers.services) service.resume();
      await stop();
    }
    expect(seen).toHaveLength(6);
    expect(account.wrong).toEqual([]);
    expect(account.slowest).toBeLessThan(1_000);
    record({
      figure: 'Memcache: handlers while memcached is killed, hangs and comes back',
      demanded: 'no wrong value, no handler over its deadline (1 s), recovery without a restart',
      measured: `${account.answers} answers while 3 servers were each hung and killed, and all hung at once: none wrong, the slowest after ${Math.round(account.slowest)} ms`,
    });
  });
});

describe('a server that answers nonsense', () => {
  const READS = figure(400, 5_000);
  let server: FakeServer;

  /** Most answers are right; the others are wrong in one way of these. */
  const troubles: readonly Behaviour[] = [
    () => {},
    (socket, request) => socket.write(right(request).subarray(0, 30)),
    (socket, request) => socket.end(right(request).subarray(0, 24)),
    (socket, request) => socket.end(right(request).subarray(0, 40)),
    (socket) => socket.end(),
    (socket) => socket.resetAndDestroy(),
    (socket, request) => socket.write(right(otherNumber(request, 1))),
    (socket, request) => socket.write(right(otherNumber(request, -1))),
    (socket, request) => socket.write(Buffer.concat([right(request), right(request)])),
    (socket, request) =>
      socket.write(response(request, { key: keyOf(request), value: Buffer.from('no flags') })),
    (socket, request) =>
      socket.write(
        response(request, {
          extras: Buffer.alloc(9, 0xff),
          key: keyOf(request),
          value: Buffer.from('long flags'),
        }),
      ),
    (socket, request) => socket.write(answer(request, 'of a strange type', 0xffffffff)),
    (socket, request) => socket.write(answer(request, 'a:1:{i:0;', 4)),
    (socket, request) => socket.write(answer(request, 'Busy', 0, 0x85)),
    (socket) => socket.write(Buffer.alloc(100, 0x81)),
    (socket, request) => setTimeout(() => socket.write(right(request)), 120),
  ];

  function right(request: Buffer): Buffer {
    return answer(request, rightValue(keyOf(request).toString()));
  }

  /** The request of somebody else, who may be waiting, too. */
  function otherNumber(request: Buffer, by: number): Buffer {
    const other = Buffer.from(request);
    other.writeUInt32BE((request.readUInt32BE(12) + by) >>> 0, 12);
    return other;
  }

  beforeAll(async () => {
    server = await startFakeServer((socket, request, count) => {
      const trouble = count % 13 === 12 ? troubles[Math.floor(count / 13) % troubles.length] : undefined;
      if (trouble) trouble(socket, request, count);
      else socket.write(right(request));
    });
  });
  afterAll(() => server.close());

  test('never has a wrong value read, and none waits beyond the deadline', async () => {
    const codes = new Set<string>();
    let time = 0;
    const url = `memcached://127.0.0.1:${server.port}?timeout=100ms`;
    const memcache = createMemcache(url, { now: () => time });
    const cache = createCache(memcache, ({ code }) => codes.add(code));
    const tally = { right: 0, missed: 0, slowest: 0 };
    const wrong: unknown[] = [];
    for (let at = 0; at < READS; at += 4) {
      time += 10_000;
      const started = performance.now();
      const keys = [0, 1, 2, 3].map((index) => `key:${at + index}`);
      const values = await Promise.all(keys.map((key) => cache.get(key)));
      tally.slowest = Math.max(tally.slowest, performance.now() - started);
      for (const [index, value] of values.entries()) {
        if (value === rightValue(keys[index] ?? '')) tally.right++;
        else if (value === undefined) tally.missed++;
        else wrong.push(value);
      }
    }
    await cache.close();
    expect(wrong).toEqual([]);
    expect(tally.right).toBeGreaterThan(READS / 2);
    expect(tally.missed).toBeGreaterThan(READS / 20);
    expect(tally.slowest).toBeLessThan(1_000);
    record({
      figure: 'Memcache: reads from a server that answers nonsense',
      demanded: 'no wrong value, none over the deadline',
      measured: `${READS} reads, ${troubles.length} kinds of nonsense: ${tally.right} right, ${tally.missed} missed, 0 wrong, the slowest after ${Math.round(tally.slowest)} ms (deadline 100 ms)`,
    });
  });
});
