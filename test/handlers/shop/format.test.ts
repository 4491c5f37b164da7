import { expect, it } from 'vitest';
import { berlinTime, countOf, longDate, price } from '../../../src/handlers/shop/format.ts';

it.each([
  ['winter', '2026-01-01T00:00:00Z', '2026-01-01 01:00:00'],
  ['the end of a year', '2025-12-31T23:00:00Z', '2026-01-01 00:00:00'],
  ['summer', '2026-07-01T22:05:09Z', '2026-07-02 00:05:09'],
  ['the last second of winter time', '2026-03-29T00:59:59Z', '2026-03-29 01:59:59'],
  ['the first second of summer time', '2026-03-29T01:00:00Z', '2026-03-29 03:00:00'],
  ['the hour that comes twice, first', '2026-10-25T00:30:00Z', '2026-10-25 02:30:00'],
  ['the hour that comes twice, second', '2026-10-25T01:30:00Z', '2026-10-25 02:30:00'],
])('writes the time in Berlin: %s', (_, time, written) => {
  expect(berlinTime(new Date(time))).toBe(written);
});

it.each([
  ['2011-05-01', '1 May 2011'],
  ['2013-03-31 02:30:00', '31 March 2013'],
  ['1994-12-31 23:59:59', '31 December 1994'],
  // PHP counts on from what a date lacks.
  ['2011-00-00', '30 November 2010'],
  ['0000-00-00', undefined],
  ['0000-00-00 00:00:00', undefined],
  [null, undefined],
])('writes the day of %s as %s', (date, written) => {
  expect(longDate(date)).toBe(written);
});

it('writes prices and counts with commas between thousands', () => {
  expect(String(price('1234.5'))).toBe('&euro;&nbsp;1,234.50');
  expect(countOf(0, 'book', 'books')).toBe('0 books');
  expect(countOf(1, 'book', 'books')).toBe('1 book');
  expect(countOf(1234, 'book', 'books')).toBe('1,234 books');
});
