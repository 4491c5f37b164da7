// A handler's cache: reads are counted by who filled them, and only what was declared is deleted.
import { describe, expect, test } from 'vitest';
import { createHandlerCache } from '../../src/native/handler-cache.ts';
import type { Wanted } from '../../src/stores/memcache/remembered.ts';

/** A cache that keeps account of what is asked of it. */
function recording(declared: readonly string[] = [], values: Record<string, string> = {}) {
  const deleted: string[] = [];
  const reads: string[] = [];
  const wanted: Wanted[] = [];
  const afterCommit: (() => Promise<void>)[] = [];
  const cache = createHandlerCache({
    cache: {
      get: async (key) => values[String(key)],
      remember: async (what) => {
        wanted.push(what);
        return { value: await what.load(), filler: 'load' };
      },
      invalidate: async (keys) => void deleted.push(...keys),
      close: async () => {},
    },
    declared,
    signal: () => new AbortController().signal,
    afterCommit: async (work) => void afterCommit.push(work),
    onRead: (filler) => reads.push(filler),
  });
  return { cache, deleted, reads, wanted, afterCommit };
}

describe('reading', () => {
  test('any key may be read; who filled it is counted', async () => {
    const { cache, reads } = recording([], { 'product:7': 'Fig' });
    expect(await cache.get('product:7')).toBe('Fig');
    expect(await cache.get('product:8')).toBeUndefined();
    expect(reads).toEqual(['php', 'none']);
  });

  test('many keys give those that were found', async () => {
    const { cache, reads } = recording([], { a: '1', c: '3' });
    expect(await cache.getMany(['a', 'b', 'c'])).toEqual(
      new Map([
        ['a', '1'],
        ['c', '3'],
      ]),
    );
    expect(reads).toEqual(['php', 'none', 'php']);
  });
});

describe('remember', () => {
  test('is as long usable again as it is fresh, unless told otherwise', async () => {
    const { cache, wanted, reads } = recording();
    expect(await cache.remember('a', '5m', () => 1)).toBe(1);
    await cache.remember('b', '1s', async () => 1, { stale: '0s', php: 'pages:b' });
    expect(wanted).toMatchObject([
      { key: 'a', ttl: 300_000, stale: 300_000, php: undefined },
      { key: 'b', ttl: 1_000, stale: 0, php: 'pages:b' },
    ]);
    expect(reads).toEqual(['load', 'load']);
  });

  test.each(['5', '', '-1s', '0s', '999ms'])('does not take %j for a time', async (ttl) => {
    await expect(recording().cache.remember('a', ttl, () => 1)).rejects.toThrow(
      `cache.remember: ttl "${ttl}" cannot be read; write a duration as 250ms, 5s, 2m or 1h, a second at least`,
    );
  });
});

describe('invalidate', () => {
  test('deletes declared keys, and keys below a declared beginning, after the COMMIT', async () => {
    const { cache, deleted, afterCommit } = recording(['home', 'product:*']);
    await cache.invalidate(['home', 'product:7', 'product:']);
    expect(deleted).toEqual([]);
    for (const work of afterCommit) await work();
    expect(deleted).toEqual(['home', 'product:7', 'product:']);
  });

  test.each([
    [[], 'home'],
    [['home'], 'home2'],
    [['home'], 'Home'],
    [['product:*'], 'product'],
    [['product:*'], 'xproduct:7'],
    [['a*b'], 'axb'],
  ])('with %j refuses %s', async (declared, key) => {
    const { cache, afterCommit } = recording(declared);
    await expect(cache.invalidate([key])).rejects.toThrow(
      `the handler does not declare the cache key "${key}"; add it to invalidates`,
    );
    expect(afterCommit).toEqual([]);
  });

  test('deletes nothing when one of the keys is not declared', async () => {
    const { cache, afterCommit } = recording(['a']);
    await expect(cache.invalidate(['a', 'b'])).rejects.toThrow('"b"');
    expect(afterCommit).toEqual([]);
  });
});
