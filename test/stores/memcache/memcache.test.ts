// The Memcache client in front of servers in trouble: it never hangs, never gives a wrong value, and recovers.
import { afterEach, describe, expect, test } from 'vitest';
import { createCache } from '../../../src/stores/memcache/cache.ts';
import { createMemcache, type Memcache } from '../../../src/stores/memcache/memcache.ts';
import { answer, type Behaviour, type FakeServer, keyOf, response, startFakeServer } from './fake-server.ts';

const opened: (FakeServer | Memcache)[] = [];
let time = 0;

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function serve(behaviour: Behaviour, port = 0): Promise<FakeServer> {
  const server = await startFakeServer(behaviour, port);
  opened.push(server);
  return server;
}

function connect(...ports: number[]): Memcache {
  const hosts = ports.map((port) => `127.0.0.1:${port}`).join(',');
  const memcache = createMemcache(`memcached://${hosts}?timeout=100ms`, { now: () => time });
  opened.push(memcache);
  return memcache;
}

const echo: Behaviour = (socket, request) => socket.write(answer(request, `value of ${keyOf(request)}`, 7));

describe('a healthy server', () => {
  test('gives values with their flags, on one connection', async () => {
    const server = await serve(echo);
    const memcache = connect(server.port);
    const reads = await Promise.all(['a', 'b', 'c'].map((key) => memcache.get(key)));
    const item = (key: string) => ({ ok: true, value: { flags: 7, value: Buffer.from(`value of ${key}`) } });
    expect(reads).toEqual(['a', 'b', 'c'].map(item));
    expect(server.connections()).toBe(1);
  });

  test('gives null for a key it does not have', async () => {
    const server = await serve((socket, request) => socket.write(answer(request, 'Not found', 0, 1)));
    expect(await connect(server.port).get('a')).toEqual({ ok: true, value: null });
  });

  test('gives an answer that arrives byte by byte', async () => {
    const server = await serve((socket, request) => {
      for (const byte of answer(request, 'slow', 1)) socket.write(Buffer.from([byte]));
    });
    expect(await connect(server.port).get('a')).toEqual({
      ok: true,
      value: { flags: 1, value: Buffer.from('slow') },
    });
  });
});

describe('storing', () => {
  const DAY = 24 * 3600;

  test.each([
    [60, 60],
    [30 * DAY, 30 * DAY],
    [30 * DAY + 1, 1_700_000_000 + 30 * DAY + 1],
  ])('for %i seconds is said as %i', async (seconds, expires) => {
    const stored: unknown[] = [];
    const server = await serve((socket, request) => {
      const value = request.subarray(32 + keyOf(request).length).toString();
      stored.push([request.readUInt32BE(24), request.readUInt32BE(28), keyOf(request).toString(), value]);
      socket.write(response(request, {}));
    });
    const memcache = createMemcache(`memcached://127.0.0.1:${server.port}`, { clock: () => 1.7e12 });
    opened.push(memcache);
    const item = { flags: 5, value: Buffer.from('value') };
    expect(await memcache.set('key', item, seconds)).toEqual({ ok: true, value: true });
    expect(stored).toEqual([[5, expires, 'key', 'value']]);
  });

  test('what a server will not take is no trouble of the server', async () => {
    const server = await serve((socket, request, count) => {
      if (request[1] === 1) socket.write(response(request, { status: 3, value: Buffer.from('Too large') }));
      else echo(socket, request, count);
    });
    const memcache = connect(server.port);
    const stored = await memcache.set('a', { flags: 0, value: Buffer.alloc(2_000_000) }, 60);
    expect(stored).toMatchObject({ ok: false, error: { code: 'refused' } });
    expect((await memcache.get('a')).ok).toBe(true);
    expect(server.connections()).toBe(1);
  });
});

describe('a server in trouble', () => {
  const half = (request: Buffer) => answer(request, 'VALUE').subarray(0, 30);
  const troubles: [string, Behaviour][] = [
    ['never answers', () => {}],
    ['answers half', (socket, request) => socket.write(half(request))],
    ['answers half and closes', (socket, request) => socket.end(half(request))],
    ['closes', (socket) => socket.end()],
    ['resets', (socket) => socket.resetAndDestroy()],
    [
      'speaks another protocol',
      (socket) => socket.write('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
    ],
    [
      'claims a body without end',
      (socket, request) =>
        socket.write(Buffer.concat([answer(request, '').subarray(0, 8), Buffer.alloc(16, 0xff)])),
    ],
    ['reports an error', (socket, request) => socket.write(answer(request, 'Out of memory', 0, 0x82))],
    [
      'answers another request',
      (socket, request) => socket.write(answer(Buffer.from(request).fill(9, 12, 16), 'wrong')),
    ],
    [
      'answers with another key’s value',
      (socket, request) => {
        const other = Buffer.from(request);
        other.write('z', 24);
        socket.write(answer(other, 'wrong'));
      },
    ],
    [
      'answers without flags',
      (socket, request) => socket.write(response(request, { key: keyOf(request), value: Buffer.from('V') })),
    ],
    [
      'answers with flags of eight bytes',
      (socket, request) =>
        socket.write(
          response(request, { extras: Buffer.alloc(8), key: keyOf(request), value: Buffer.from('V') }),
        ),
    ],
    ['closes after the header', (socket, request) => socket.end(answer(request, 'VALUE').subarray(0, 24))],
    ['answers too late', (socket, request) => setTimeout(() => socket.write(answer(request, 'late')), 250)],
  ];

  test.each(troubles)(
    'that %s costs no more than the deadline, gives no value and is well again later',
    async (_, behaviour) => {
      const server = await serve((socket, request, count) =>
        (count === 0 ? behaviour : echo)(socket, request, count),
      );
      const memcache = connect(server.port);
      const started = performance.now();
      expect(await memcache.get('a')).toMatchObject({
        ok: false,
        error: { code: expect.stringMatching(/^(timeout|unreachable)$/) },
      });
      expect(performance.now() - started).toBeLessThan(1000);
      time += 501;
      for (const key of ['b', 'c']) {
        expect(await memcache.get(key)).toEqual({
          ok: true,
          value: { flags: 7, value: Buffer.from(`value of ${key}`) },
        });
      }
    },
  );

  test('fails all that was under way with it, and none of it twice', async () => {
    const server = await serve(() => {});
    const memcache = connect(server.port);
    const reads = await Promise.all(Array.from({ length: 50 }, (_, index) => memcache.get(`k${index}`)));
    expect(reads.every((read) => !read.ok)).toBe(true);
    expect(server.connections()).toBe(1);
  });

  test('is left alone for half a second, in which reads fail at once', async () => {
    const server = await serve(() => {});
    const memcache = connect(server.port);
    await memcache.get('a');
    time += 499;
    const started = performance.now();
    expect(await memcache.get('a')).toMatchObject({ ok: false, error: { code: 'unreachable' } });
    expect(performance.now() - started).toBeLessThan(50);
    expect(server.connections()).toBe(1);
  });

  test('that refuses connections fails quickly, and is found when it is back', async () => {
    const gone = await startFakeServer(echo);
    await gone.close();
    const memcache = connect(gone.port);
    expect(await memcache.get('a')).toMatchObject({ ok: false, error: { code: 'unreachable' } });
    await serve(echo, gone.port);
    time += 501;
    expect(await memcache.get('a')).toMatchObject({ ok: true });
  });

  test('is asked by one request when the pause is over, and by all again once that has succeeded', async () => {
    let isWell = false;
    const asked: string[] = [];
    const server = await serve((socket, request, count) => {
      asked.push(keyOf(request).toString());
      if (isWell) echo(socket, request, count);
    });
    const memcache = connect(server.port);
    await memcache.get('first');
    time += 501;
    isWell = true;
    const reads = await Promise.all(['probe', 'x', 'y'].map((key) => memcache.get(key)));
    expect(reads.map(({ ok }) => ok)).toEqual([true, false, false]);
    expect((await memcache.get('z')).ok).toBe(true);
    expect(asked).toEqual(['first', 'probe', 'z']);
  });

  test('is left alone for twice as long after each failure, and for five seconds at most', async () => {
    const server = await serve((socket) => socket.resetAndDestroy());
    const memcache = connect(server.port);
    const pauses = [500, 1000, 2000, 4000, 5000, 5000];
    for (const pause of pauses) {
      const before = server.connections();
      await memcache.get('a');
      expect(server.connections()).toBe(before + 1);
      time += pause - 1;
      await memcache.get('a');
      expect(server.connections()).toBe(before + 1);
      time += 1;
    }
  });

  test('whose last words before closing were half an answer is heard from the beginning afterwards', async () => {
    const server = await serve((socket, request, count) => {
      const whole = answer(request, `value of ${keyOf(request)}`, 7);
      if (count === 0) socket.end(Buffer.concat([whole, whole.subarray(0, 20)]));
      else socket.write(whole);
    });
    const memcache = connect(server.port);
    expect(await memcache.get('a')).toMatchObject({ ok: true });
    await expect.poll(() => server.closed()).toBe(1);
    expect(await memcache.get('b')).toEqual({
      ok: true,
      value: { flags: 7, value: Buffer.from('value of b') },
    });
  });

  test('that closed an idle connection is asked on a new one', async () => {
    const server = await serve((socket, request) => socket.end(answer(request, 'bye')));
    const memcache = connect(server.port);
    expect(await memcache.get('a')).toMatchObject({ ok: true });
    await expect.poll(() => server.closed()).toBe(1);
    expect(await memcache.get('b')).toMatchObject({ ok: true });
    expect(server.connections()).toBe(2);
  });

  test('does not disturb the others', async () => {
    const [sick, healthy] = [await serve(() => {}), await serve(echo)];
    const memcache = connect(sick.port, healthy.port);
    const reads = await Promise.all(Array.from({ length: 20 }, (_, index) => memcache.get(`k${index}`)));
    expect(reads.filter((read) => read.ok).length).toBeGreaterThan(3);
  });

  test('gives nothing any more after close', async () => {
    const server = await serve(() => {});
    const memcache = connect(server.port);
    const pending = memcache.get('a');
    memcache.close();
    expect((await pending).ok).toBe(false);
    expect(await memcache.get('a')).toMatchObject({ error: { code: 'closed' } });
  });
});

describe('keys', () => {
  test.each(['', ' ', 'a b', 'a\nb', 'a\0', '\x7f', 'é'.repeat(126), 'x'.repeat(251), '\ud800'])(
    'refuses %j before anything is sent',
    async (key) => {
      const server = await serve(echo);
      expect(await connect(server.port).get(key)).toMatchObject({ ok: false, error: { code: 'bad-key' } });
      expect(server.connections()).toBe(0);
    },
  );

  test('takes keys of 250 bytes', async () => {
    const server = await serve(echo);
    expect((await connect(server.port).get('é'.repeat(125))).ok).toBe(true);
  });
});

describe('the cache', () => {
  test('gives values, misses as undefined, and everything else as undefined with a report', async () => {
    const server = await serve((socket, request) => {
      const key = keyOf(request).toString();
      const bodies: Record<string, [string, number, number]> = {
        list: ['a:1:{i:0;b:1;}', 4, 0],
        broken: ['a:1:{', 4, 0],
        strange: ['x', 9, 0],
      };
      const [body, flags, status] = bodies[key] ?? ['Not found', 0, 1];
      socket.write(answer(request, body, flags, status));
    });
    const problems: string[] = [];
    const cache = createCache(connect(server.port), (problem) =>
      problems.push(`${problem.key}: ${problem.code}`),
    );
    expect(await cache.get('list')).toEqual(new Map([[0, true]]));
    for (const key of ['missing', 'broken', 'strange', 'bad key'])
      expect(await cache.get(key)).toBeUndefined();
    await cache.invalidate(['bad key']);
    expect(problems).toEqual([
      'broken: malformed',
      'strange: unsupported',
      'bad key: bad-key',
      'bad key: bad-key',
    ]);
  });
});
