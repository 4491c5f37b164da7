// Which of two patterns wins at the same place of the path, and whether one request can meet both.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canMeetBoth, compareAtSamePath } from '../../src/routing/specificity.ts';
import { pattern } from './patterns.ts';

describe('compareAtSamePath', () => {
  test.each([
    ['GET /', 'ANY /', 'named methods before ANY'],
    ['GET /', 'ANY /?a=1&b=2', 'methods before conditions'],
    ['GET /?a=1', 'GET /?a=:a<int>', 'equal before captured'],
    ['GET /?a=1', 'GET /?a=:a&b=:b&c&!d', 'one equal before any number of others'],
    ['GET /?a=:a', 'GET /?a&b', 'captured before present'],
    ['GET /?a=1&b=2', 'GET /?a=1', 'more equal before fewer'],
    ['GET /?a=1&b', 'GET /?a=1', 'more present before fewer'],
    ['GET /?a=1&!b', 'GET /?a=1', 'absent counts as present does'],
  ])('%s wins over %s: %s', (winner, loser) => {
    expect(compareAtSamePath(pattern(winner), pattern(loser))).toBeLessThan(0);
    expect(compareAtSamePath(pattern(loser), pattern(winner))).toBeGreaterThan(0);
  });

  test.each([
    ['GET /', 'POST /'],
    ['GET /?a=1', 'GET /?b=1'],
    ['GET /?a', 'GET /?!b'],
    ['GET /?a=:a<int>', 'GET /?a=:a<slug>'],
  ])('%s and %s tie', (one, other) => {
    expect(compareAtSamePath(pattern(one), pattern(other))).toBe(0);
  });

  test('is an order: antisymmetric and transitive', () => {
    const texts = [
      'GET /',
      'ANY /',
      'GET /?a',
      'GET /?a=1',
      'GET /?a=:x',
      'ANY /?a=1&!b',
      'POST /?a=1&b=2&c',
    ];
    const any = fc.constantFrom(...texts).map((text) => pattern(text));
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        expect(Math.sign(compareAtSamePath(a, b)) + Math.sign(compareAtSamePath(b, a))).toBe(0);
        if (compareAtSamePath(a, b) < 0 && compareAtSamePath(b, c) < 0)
          expect(compareAtSamePath(a, c)).toBeLessThan(0);
      }),
    );
  });
});

describe('canMeetBoth', () => {
  test.each([
    ['GET /', 'GET /'],
    ['GET,POST /', 'POST,PUT /'],
    ['ANY /', 'DELETE /'],
    ['GET /?a=1', 'GET /?b=1'],
    ['GET /?a=1', 'GET /?a=1'],
    ['GET /?a=1', 'GET /?a'],
    ['GET /?a=:x', 'GET /?a=1'],
    ['GET /?!a', 'GET /?!a'],
    ['GET /?!a', 'GET /?b'],
  ])('one request can meet %s and %s', (one, other) => {
    expect(canMeetBoth(pattern(one), pattern(other))).toBe(true);
    expect(canMeetBoth(pattern(other), pattern(one))).toBe(true);
  });

  test.each([
    ['GET /', 'POST /'],
    ['GET /', 'HEAD /'],
    ['GET /?a=1', 'GET /?a=2'],
    ['GET /?a=1', 'GET /?!a'],
    ['GET /?a', 'GET /?!a'],
    ['GET /?a=:x', 'GET /?!a'],
  ])('no request can meet %s and %s', (one, other) => {
    expect(canMeetBoth(pattern(one), pattern(other))).toBe(false);
    expect(canMeetBoth(pattern(other), pattern(one))).toBe(false);
  });
});
