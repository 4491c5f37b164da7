// A handler deletes only what it declared.
import { describe, expect, test } from 'vitest';
import { createHandlerCache } from '../../src/native/handler-cache.ts';

/** A cache that keeps account of what is asked of it. */
function recording(declared: readonly string[]) {
  const deleted: string[] = [];
  const cache = createHandlerCache(
    {
      get: async (key) => `value of ${key}`,
      delete: async (keys) => void deleted.push(...keys.map(String)),
      close: () => {},
    },
    declared,
  );
  return { cache, deleted };
}

test('any key may be read', async () => {
  expect(await recording([]).cache.get('product:7')).toBe('value of product:7');
});

describe('invalidate', () => {
  test('deletes declared keys, and keys below a declared beginning', async () => {
    const { cache, deleted } = recording(['home', 'product:*']);
    await cache.invalidate(['home', 'product:7', 'product:']);
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
    const { cache, deleted } = recording(declared);
    await expect(cache.invalidate([key])).rejects.toThrow(
      `the handler does not declare the cache key "${key}"; add it to invalidates`,
    );
    expect(deleted).toEqual([]);
  });

  test('deletes nothing when one of the keys is not declared', async () => {
    const { cache, deleted } = recording(['a']);
    await expect(cache.invalidate(['a', 'b'])).rejects.toThrow('"b"');
    expect(deleted).toEqual([]);
  });
});
