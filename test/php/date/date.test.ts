// date() and gmdate() against real PHP.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { date, gmdate } from '../../../src/php/date/date.ts';
import type { PhpValue } from '../../../src/php/value.ts';
import { askPhp } from '../oracle/php.ts';
import { recordEqual, sample } from '../oracle/values.ts';

const LETTERS = 'dDjlNSwzWFmMntLoYyXxaABgGhHisuveIOPpTZcrU'.split('');

/** Zones that PHP and Node both know, and for which both have the same rules: Node brings a tzdata of its own. */
const ZONES = askPhp('return implode(" ", DateTimeZone::listIdentifiers(DateTimeZone::ALL_WITH_BC));', [null])
  .join(' ')
  .split(' ')
  .filter(isKnown);

function isKnown(zone: string): boolean {
  try {
    return /^[A-Z]/.test(zone) && new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
}

function tuple(...elements: PhpValue[]): PhpValue {
  return new Map(elements.entries());
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const seconds = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 }),
  fc.integer({ min: 1.4e9, max: 1.9e9 }),
  // Around New Year, where weeks and years differ.
  fc
    .tuple(fc.integer({ min: 1971, max: 2090 }), fc.integer({ min: -6 * 86_400, max: 6 * 86_400 }))
    .map(([year, off]) => Date.UTC(year, 0, 1) / 1000 + off),
);
const formats = fc
  .array(fc.oneof(fc.constantFrom(...LETTERS), fc.constantFrom('\\', '-', ' ', ':', 'é', 'Q', '\\T')), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

/** Asks PHP for all, and leaves out where its tzdata has another offset than Node's: it may be older, or newer. */
function compare(
  what: string,
  cases: readonly (readonly [format: string, time: number, zone: string])[],
): void {
  const code =
    'date_default_timezone_set($in[2]); return date("Z", $in[1]) . " " . base64_encode(date($in[0], $in[1]));';
  const answers = askPhp(
    code,
    cases.map((one) => tuple(...one)),
  ).map((answer) => answer.split(' '));
  const known = cases.filter(([, time, zone], index) => date('Z', time, zone) === answers[index]?.[0]);
  expect(known.length).toBeGreaterThan(cases.length * 0.99);
  const wrong = cases.flatMap(([format, time, zone], index) => {
    const [offset, theirs = ''] = answers[index] ?? [];
    const ours = date(format, time, zone);
    const same = base64(ours) === theirs || offset !== date('Z', time, zone);
    return same ? [] : [`${format} ${time} ${zone}: ${ours}, not ${Buffer.from(theirs, 'base64')}`];
  });
  expect(wrong).toEqual([]);
  recordEqual(what, known);
}

describe('date', () => {
  test('writes what PHP writes, in every zone and with every letter', () => {
    compare('date: times × zones × letters', sample(fc.tuple(formats, seconds, fc.constantFrom(...ZONES))));
  });

  test('knows the names and the daylight saving times of all zones', () => {
    compare(
      'date: names and daylight saving of zones',
      sample(fc.tuple(fc.constant('T I e P p'), seconds, fc.constantFrom(...ZONES))),
    );
  });

  test('writes far years and times before 1970', () => {
    const cases = sample(
      fc.tuple(
        fc.constantFrom('Y y x X L z W o N B c', 'D, d M Y H:i:s', 'U t S'),
        fc.integer({ min: -3e11, max: 3e12 }),
      ),
    );
    const answers = askPhp(
      'return base64_encode(date($in[0], $in[1]));',
      cases.map(([format, time]) => tuple(format, time)),
    );
    expect(cases.map(([format, time]) => base64(date(format, time, 'UTC')))).toEqual(answers);
  });

  test('throws for a zone nobody knows and for times beyond all calendars', () => {
    expect(() => date('Y', 0, 'Europe/Atlantis')).toThrow(RangeError);
    expect(() => date('Y', 1e15, 'UTC')).toThrow(RangeError);
  });
});

describe('gmdate', () => {
  test('writes what PHP writes', () => {
    const cases = sample(fc.tuple(formats, seconds));
    const answers = askPhp(
      'return base64_encode(gmdate($in[0], $in[1]));',
      cases.map((one) => tuple(...one)),
    );
    expect(cases.map(([format, time]) => base64(gmdate(format, time)))).toEqual(answers);
  });
});
