// Deletes come twice, are tried again, and are told when they fail.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { failure, success } from '../../../src/php/result.ts';
import { Deletes } from '../../../src/stores/memcache/deletes.ts';

let deleted: string[];
let problems: string[];
let isDown: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  [deleted, problems, isDown] = [[], [], false];
});
afterEach(() => {
  vi.useRealTimers();
});

function create(limit = 100): Deletes {
  return new Deletes({
    remove: async (key) => {
      deleted.push(key);
      return isDown ? failure({ code: 'timeout', message: 'no answer' }) : success(true);
    },
    onProblem: ({ code, key }) => problems.push(`${key}: ${code}`),
    pause: 1_000,
    limit,
  });
}

test('a key is deleted at once, and once more a second later', async () => {
  await create().run(['a', 'b']);
  expect(deleted).toEqual(['a', 'b']);
  await vi.advanceTimersByTimeAsync(999);
  expect(deleted).toEqual(['a', 'b']);
  await vi.advanceTimersByTimeAsync(1);
  expect(deleted).toEqual(['a', 'b', 'a', 'b']);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(deleted).toHaveLength(4);
});

test('deleted again meanwhile, it is deleted for the last time a second after that', async () => {
  const deletes = create();
  await deletes.run(['a']);
  await vi.advanceTimersByTimeAsync(600);
  await deletes.run(['a']);
  await vi.advanceTimersByTimeAsync(999);
  expect(deleted).toEqual(['a', 'a']);
  await vi.advanceTimersByTimeAsync(1);
  expect(deleted).toEqual(['a', 'a', 'a']);
});

describe('a delete that fails', () => {
  test('is told, and tried again until it succeeds', async () => {
    isDown = true;
    await create().run(['a']);
    expect(problems).toEqual(['a: delete-failed']);
    await vi.advanceTimersByTimeAsync(1_000 + 2_000);
    expect(deleted).toHaveLength(3);
    isDown = false;
    await vi.advanceTimersByTimeAsync(100_000);
    expect(deleted).toHaveLength(4);
    expect(problems).toEqual(['a: delete-failed']);
  });

  test('is given up after a minute, which is told', async () => {
    isDown = true;
    await create().run(['a']);
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(deleted).toHaveLength(7);
    expect(problems).toEqual(['a: delete-failed', 'a: delete-given-up']);
  });
});

test('no more keys wait than may: the oldest is deleted early', async () => {
  const deletes = create(2);
  await deletes.run(['a', 'b', 'c']);
  expect(deleted).toEqual(['a', 'b', 'a', 'c']);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(deleted).toEqual(['a', 'b', 'a', 'c', 'b', 'c']);
});

test('what is deleted early while nothing can be deleted is given up, and takes the place of nothing', async () => {
  isDown = true;
  const deletes = create(2);
  await deletes.run(['a', 'b', 'c']);
  await vi.advanceTimersByTimeAsync(0);
  expect(deleted).toEqual(['a', 'b', 'a', 'c']);
  expect(problems).toEqual([
    'a: delete-failed',
    'b: delete-failed',
    'a: delete-given-up',
    'c: delete-failed',
  ]);
});

test('what would come later comes before the end', async () => {
  const deletes = create();
  await deletes.run(['a', 'b']);
  await deletes.close();
  expect(deleted).toEqual(['a', 'b', 'a', 'b']);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(deleted).toHaveLength(4);
});
