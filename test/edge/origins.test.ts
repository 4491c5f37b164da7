// The addresses of one upstream.
import { describe, expect, test } from 'vitest';
import { Origins, PASSED_OVER_MS } from '../../src/edge/origins.ts';

function originsOf(...origins: string[]) {
  const clock = { now: 0 };
  const timeouts = { connect: 1, headers: 1, idle: 1, total: undefined };
  const upstream = { name: 'api', origin: '', origins, timeouts, host: undefined, rewrite: false };
  return { clock, origins: new Origins(upstream, () => clock.now) };
}

describe('the addresses of an upstream', () => {
  const [A, B, C] = ['http://a', 'http://b', 'http://c'] as const;

  test('take turns', () => {
    const { origins } = originsOf(A, B, C);
    expect([1, 2, 3, 4].map(() => origins.next().url)).toEqual([A, B, C, A]);
  });

  test('are passed over for a while when they cannot be reached', () => {
    const { origins, clock } = originsOf(A, B, C);
    origins.passOver(origins.next());
    expect([1, 2, 3].map(() => origins.next().url)).toEqual([B, C, B]);
    clock.now = PASSED_OVER_MS;
    expect([1, 2, 3].map(() => origins.next().url)).toEqual([C, A, B]);
  });

  test('are tried all the same when none can be reached', () => {
    const { origins } = originsOf(A, B);
    origins.passOver(origins.next());
    origins.passOver(origins.next());
    expect(new Set([1, 2].map(() => origins.next().url))).toEqual(new Set([A, B]));
  });
});
