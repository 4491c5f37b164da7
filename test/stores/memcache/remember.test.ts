// What the new side remembers: one load at a time, PHP's key first, stale while it is loaded anew, and never in PHP's way.
import { beforeEach, describe, expect, test } from 'vitest';
import { type Cache, createCache } from '../../../src/stores/memcache/cache.ts';
import type { Wanted } from '../../../src/stores/memcache/remembered.ts';
import { type MemcacheInMemory, memcacheInMemory } from './memcache-in-memory.ts';

let time: number;
let memcache: MemcacheInMemory;
let problems: string[];
let cache: Cache;

/** Another process on the same Memcache. */
function anotherProcess(): Cache {
  return createCache(memcache, ({ code, key }) => problems.push(`${key}: ${code}`), { clock: () => time });
}

beforeEach(() => {
  time = 1_700_000_000_000;
  problems = [];
  memcache = memcacheInMemory();
  cache = anotherProcess();
});

function want(load: () => unknown, more: Partial<Wanted> = {}): Wanted {
  const signal = new AbortController().signal;
  return { key: 'a', ttl: 60_000, stale: 60_000, php: undefined, load, signal, ...more };
}

const never = () => {
  throw new Error('nobody asked for this');
};

describe('a value', () => {
  test('is loaded once, and then comes from this process, or from Memcache in another', async () => {
    const value = { title: 'Fig', tags: ['a', null], price: 1.5 };
    expect(await cache.remember(want(() => value))).toEqual({ value, filler: 'load' });
    expect(await cache.remember(want(never))).toEqual({ value, filler: 'memory' });
    expect(await anotherProcess().remember(want(never))).toEqual({ value, filler: 'banyan' });
  });

  test('belongs to whoever asked: nobody else sees what he does to it', async () => {
    const first = await cache.remember(want(() => ({ list: [1] })));
    (first.value as { list: number[] }).list.push(2);
    expect(await cache.remember(want(never))).toMatchObject({ value: { list: [1] } });
  });

  test('lies under banyan:, as JSON, for as long as it is usable', async () => {
    await cache.remember(want(() => 'x', { stale: 5_500 }));
    expect([...memcache.items.keys()]).toEqual(['banyan:a']);
    const item = memcache.items.get('banyan:a');
    expect(item).toMatchObject({ flags: 0, seconds: 66 });
    expect(JSON.parse(String(item?.value))).toEqual({
      fresh: time + 60_000,
      usable: time + 65_500,
      value: 'x',
    });
  });

  test.each(['two words', 'ä', '', 'x'.repeat(400)])('may have any key: %j', async (key) => {
    await cache.remember(want(() => 1, { key }));
    expect(await anotherProcess().remember(want(never, { key }))).toEqual({ value: 1, filler: 'banyan' });
    expect([...memcache.items.keys()][0]).toMatch(/^banyan:sha256:[0-9a-f]{64}$/);
  });

  test('in memory is compared with Memcache after a second, where another process may have changed it', async () => {
    await cache.remember(want(() => 'old'));
    time += 999;
    expect(await cache.remember(want(never))).toMatchObject({ filler: 'memory' });
    await anotherProcess().invalidate(['a']);
    await anotherProcess().remember(want(() => 'new'));
    time += 1;
    expect(await cache.remember(want(never))).toEqual({ value: 'new', filler: 'banyan' });
  });

  test.each(['garbage', '{"fresh":1}', '{"fresh":9999999999999,"usable":9999999999999,"value":{]}', ''])(
    'that is no record (%j) is loaded',
    async (record) => {
      memcache.php('banyan:a', record);
      expect(await cache.remember(want(() => 1))).toEqual({ value: 1, filler: 'load' });
    },
  );
});

describe('many callers', () => {
  test('wait for one load', async () => {
    let loads = 0;
    const load = async () => ++loads;
    const all = await Promise.all(Array.from({ length: 20 }, () => cache.remember(want(load))));
    expect(loads).toBe(1);
    expect(all.map(({ value }) => value)).toEqual(Array.from({ length: 20 }, () => 1));
    expect(all.map(({ filler }) => filler).filter((filler) => filler === 'load')).toHaveLength(1);
  });

  test('fail with the one that loads, and the next caller loads again', async () => {
    const load = async () => {
      throw new Error('the database is down');
    };
    const all = await Promise.allSettled([cache.remember(want(load)), cache.remember(want(load))]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await cache.remember(want(() => 2))).toEqual({ value: 2, filler: 'load' });
  });

  test('load themselves when the one that loads gives up', async () => {
    const gone = new AbortController();
    const first = cache.remember(want(() => new Promise(() => {}), { signal: gone.signal }));
    const second = cache.remember(want(() => 'mine'));
    gone.abort(new Error('the visitor has gone'));
    await expect(first).rejects.toThrow('the visitor has gone');
    expect(await second).toEqual({ value: 'mine', filler: 'load' });
  });
});

describe('a stale value', () => {
  const isReloaded = () =>
    expect.poll(() => String(memcache.items.get('banyan:a')?.value)).toContain('"new"');

  test('is given while one caller loads it anew', async () => {
    await cache.remember(want(() => 'old'));
    time += 60_000;
    let loads = 0;
    const load = async () => {
      loads++;
      return 'new';
    };
    const all = await Promise.all([cache.remember(want(load)), cache.remember(want(load))]);
    expect(all.map(({ value }) => value)).toEqual(['old', 'old']);
    await isReloaded();
    expect(loads).toBe(1);
    expect(await cache.remember(want(never))).toEqual({ value: 'new', filler: 'memory' });
  });

  test('is given when the load fails, which is told', async () => {
    await cache.remember(want(() => 'old'));
    time += 60_000;
    expect(await cache.remember(want(never))).toMatchObject({ value: 'old' });
    await expect.poll(() => problems).toEqual(['a: load-failed']);
    time += 59_999;
    expect(await cache.remember(want(never))).toMatchObject({ value: 'old' });
  });

  test('is not given once its time is over', async () => {
    await cache.remember(want(() => 'old'));
    time += 120_000;
    memcache.items.clear();
    expect(await cache.remember(want(() => 'new'))).toEqual({ value: 'new', filler: 'load' });
  });

  test('is given from memory while Memcache is down', async () => {
    await cache.remember(want(() => 'old'));
    memcache.isDown = true;
    time += 70_000;
    expect(await cache.remember(want(() => 'new'))).toEqual({ value: 'old', filler: 'memory' });
  });
});

describe('PHP’s key', () => {
  test('is looked at first, is counted as PHP’s also from memory, and is never filled', async () => {
    memcache.php('product:7', 'a:1:{s:5:"title";s:3:"Fig";}', 4);
    const wanted = { php: 'product:7' };
    expect(await cache.remember(want(never, wanted))).toEqual({ value: { title: 'Fig' }, filler: 'php' });
    expect(await cache.remember(want(never, wanted))).toMatchObject({ filler: 'php' });
    expect(memcache.asked).toEqual(['get product:7']);
    time += 1_000;
    memcache.items.delete('product:7');
    expect(await cache.remember(want(() => 'loaded', wanted))).toEqual({ value: 'loaded', filler: 'load' });
    expect([...memcache.items.keys()]).toEqual(['banyan:a']);
  });

  test.each([
    ['bytes that are no text', Buffer.from([0xff, 0xfe]), 0],
    ['an integer beyond 2^53', '9007199254740993', 1],
    ['not a number', 'NaN', 2],
  ])('that holds %s is passed over, and told', async (_, value, flags) => {
    memcache.items.set('k', { flags, value: Buffer.from(value), seconds: 0 });
    expect(await cache.remember(want(() => 1, { php: 'k' }))).toEqual({ value: 1, filler: 'load' });
    expect(problems).toEqual(['k: unsupported']);
  });
});

test('what PHP wrote and nobody can read is told with its key', async () => {
  memcache.php('product:7', 'a:1:{i:0;', 4);
  const told: string[] = [];
  const reader = createCache(memcache, ({ message }) => told.push(message));
  expect(await reader.get('product:7')).toBeUndefined();
  expect(told).toEqual([expect.stringMatching(/^product:7: .* at byte \d+$/)]);
});

describe('without Memcache', () => {
  test('values are loaded, and kept in this process', async () => {
    memcache.isDown = true;
    expect(await cache.remember(want(() => 1, { php: 'k' }))).toEqual({ value: 1, filler: 'load' });
    expect(await cache.remember(want(never))).toEqual({ value: 1, filler: 'memory' });
    time += 30_000;
    expect(await cache.remember(want(never))).toEqual({ value: 1, filler: 'memory' });
  });
});

describe('invalidating', () => {
  test('is noticed by other processes within a second, also where nobody has loaded the value anew', async () => {
    await cache.remember(want(() => 'old'));
    await anotherProcess().invalidate(['a']);
    time += 1_000;
    expect(await cache.remember(want(() => 'new'))).toEqual({ value: 'new', filler: 'load' });
  });

  test('forgets what is remembered under the same name', async () => {
    await cache.remember(want(() => 'old'));
    await cache.invalidate(['a']);
    expect([...memcache.items.keys()]).toEqual([]);
    expect(await cache.remember(want(() => 'new'))).toEqual({ value: 'new', filler: 'load' });
  });

  test('keeps what was being read before from being kept', async () => {
    await anotherProcess().remember(want(() => 'old'));
    const { get } = memcache;
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    memcache.get = async (key) => {
      const item = await get(key);
      await answered;
      return item;
    };
    memcache.asked.length = 0;
    const reading = cache.remember(want(never));
    await expect.poll(() => memcache.asked).toEqual(['get banyan:a']);
    await cache.invalidate(['a']);
    answer();
    expect(await reading).toMatchObject({ value: 'old' });
    expect(await cache.remember(want(() => 'new'))).toEqual({ value: 'new', filler: 'load' });
  });

  test('keeps a load that had begun before from being kept', async () => {
    let finish = (_: string) => {};
    const loading = cache.remember(want(() => new Promise<string>((resolve) => (finish = resolve))));
    await expect.poll(() => memcache.asked).toEqual(['get banyan:a']);
    await cache.invalidate(['a']);
    finish('old');
    expect(await loading).toMatchObject({ value: 'old' });
    expect([...memcache.items.keys()]).toEqual([]);
    expect(await cache.remember(want(() => 'new'))).toEqual({ value: 'new', filler: 'load' });
  });
});

describe('what JSON cannot hold', () => {
  class Product {}
  test.each<[string, unknown, string]>([
    ['undefined', undefined, '$ is undefined: write null'],
    ['undefined inside', { a: [1, { b: undefined }] }, '$.a[1].b is undefined: write null'],
    ['a bigint', { id: 1n }, '$.id is a bigint: write a number or a string'],
    ['NaN', [Number.NaN], '$[0] is NaN, which JSON does not have'],
    ['a Date', { at: new Date(0) }, '$.at is a Date: write strings'],
    ['a Map', new Map(), '$ is a Map: write strings'],
    ['a Buffer', { bytes: Buffer.alloc(1) }, '$.bytes is a Buffer: write strings'],
    ['an object of a class', new Product(), '$ is a Product: write strings'],
    ['a function', { f: () => 1 }, '$.f is a function'],
    ['a hole in a list', new Array(1), '$[0] is undefined'],
  ])('is refused with its place: %s', async (_, value, message) => {
    await expect(cache.remember(want(() => value))).rejects.toThrow(
      `cache.remember("a"): what is to be remembered must be JSON, but ${message}`,
    );
    expect(memcache.items.size).toBe(0);
  });

  test('is refused where it goes round in a circle', async () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    await expect(cache.remember(want(() => circle))).rejects.toThrow('is too large or circular');
  });
});
