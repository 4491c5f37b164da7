// Renewal: at most once a minute for a session, never in anybody's way, with a memory that does not grow.
import { expect, test } from 'vitest';
import { failure, type Result, success } from '../../../src/php/result.ts';
import type { PlaceError } from '../../../src/stores/session/place.ts';
import { Toucher } from '../../../src/stores/session/touch.ts';

function started(
  lifetime = 1440,
  answer: () => Promise<Result<boolean, PlaceError>> = async () => success(true),
) {
  const touched: string[] = [];
  const problems: string[] = [];
  const clock = { now: 1000 };
  const touch = (key: string) => {
    touched.push(key);
    return answer();
  };
  const toucher = new Toucher({
    touch,
    lifetime,
    now: () => clock.now,
    onProblem: (message) => problems.push(message),
  });
  return { toucher, touched, problems, clock };
}

test('a session that is read all the time is renewed once a minute', () => {
  const { toucher, touched, clock } = started();
  for (let second = 0; second <= 180; second += 1) {
    clock.now = 1000 + second;
    toucher.found('a');
  }
  expect(touched).toEqual(['a', 'a', 'a', 'a']);
});

test('one with a short life is renewed three times in it', () => {
  const { toucher, touched, clock } = started(3);
  for (let tenth = 0; tenth < 30; tenth += 1) {
    clock.now = 1000 + tenth / 10;
    toucher.found('a');
  }
  expect(touched).toEqual(['a', 'a', 'a']);
});

test('each session has its own minute', () => {
  const { toucher, touched } = started();
  for (const key of ['a', 'b', 'a', 'c', 'b']) toucher.found(key);
  expect(touched).toEqual(['a', 'b', 'c']);
});

test('of very many sessions those that were renewed first are forgotten', () => {
  const { toucher, touched } = started();
  for (let n = 0; n < 60_000; n += 1) toucher.found(`session-${n}`);
  toucher.found('session-59999');
  toucher.found('session-30000');
  expect(touched).toHaveLength(60_000);
  toucher.found('session-0');
  expect(touched).toHaveLength(60_001);
});

test('a session that could not be renewed is told of; one that has ended is not', async () => {
  const down = started(1440, async () => failure({ message: 'nobody answers' }));
  down.toucher.found('a');
  const ended = started(1440, async () => success(false));
  ended.toucher.found('a');
  await Promise.resolve();
  await Promise.resolve();
  expect([down.problems, ended.problems]).toEqual([['nobody answers'], []]);
});
