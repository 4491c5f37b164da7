// What one process holds is bounded.
import { expect, test } from 'vitest';
import { MemoryLayer } from '../../../src/stores/memcache/memory-layer.ts';

function held(text: string, usableUntil = 100) {
  return { text, isPhps: false, checkAfter: 0, freshUntil: 0, usableUntil };
}

function keysOf(memory: MemoryLayer, keys: string): string {
  return [...keys].filter((key) => memory.get(key, 0)).join('');
}

test('the least recently used goes first', () => {
  const memory = new MemoryLayer({ entries: 3, characters: 800 });
  for (const key of 'abc') memory.set(key, held('x'));
  memory.get('a', 0);
  memory.set('d', held('x'));
  expect(keysOf(memory, 'abcd')).toBe('acd');
});

test('no more characters are held than there may be', () => {
  const memory = new MemoryLayer({ entries: 100, characters: 80 });
  for (const key of 'abcdefghij') memory.set(key, held('x'.repeat(10)));
  expect(keysOf(memory, 'abcdefghij')).toBe('cdefghij');
  memory.set('j', held('x'));
  memory.set('k', held('x'.repeat(9)));
  expect(keysOf(memory, 'abcdefghijk')).toBe('cdefghijk');
});

test('what alone is larger than an eighth of the whole is not held, and takes the place of nothing', () => {
  const memory = new MemoryLayer({ entries: 100, characters: 80 });
  memory.set('a', held('x'));
  memory.set('b', held('x'.repeat(11)));
  expect(keysOf(memory, 'ab')).toBe('a');
});

test('nothing is given beyond its time', () => {
  const memory = new MemoryLayer({ entries: 3, characters: 80 });
  memory.set('a', held('x', 50));
  expect(memory.get('a', 49)).toBeDefined();
  expect(memory.get('a', 50)).toBeUndefined();
});
