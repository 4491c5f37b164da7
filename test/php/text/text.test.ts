// HTML escaping and number formatting against real PHP.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { phpFloatToString } from '../../../src/php/text/float.ts';
import { htmlspecialchars, nl2br } from '../../../src/php/text/html.ts';
import { numberFormat, phpRound } from '../../../src/php/text/number-format.ts';
import { bytesOf } from '../../../src/php/value.ts';
import { askPhp } from '../oracle/php.ts';
import { anyString, sample } from '../oracle/values.ts';

const brokenUtf8 = fc.array(
  fc.constantFrom(
    0x41,
    0x26,
    0x80,
    0xbf,
    0xc0,
    0xc1,
    0xc2,
    0xdf,
    0xe0,
    0xa0,
    0xed,
    0xef,
    0xf0,
    0x90,
    0xf4,
    0xf5,
    0xff,
  ),
  { maxLength: 12 },
);
const entities = fc.array(
  fc.constantFrom(
    '&',
    'amp',
    'eacute',
    'apos',
    'nope',
    'AMP',
    ';',
    '#',
    '39',
    'x',
    'X',
    '0x27',
    '1114112',
    '10ffff',
    '<',
    '"',
    "'",
  ),
  { maxLength: 10 },
);

function base64(text: string): string {
  return bytesOf(text).toString('base64');
}

describe('htmlspecialchars', () => {
  test('escapes what PHP escapes, and replaces bytes as PHP does', () => {
    const inputs = [...sample(anyString), ...sample(brokenUtf8.map((bytes) => Buffer.from(bytes)))];
    const answers = askPhp('return base64_encode(htmlspecialchars($in));', inputs);
    expect(inputs.map((input) => base64(htmlspecialchars(input)))).toEqual(answers);
  });

  test('keeps the entities PHP keeps when it must not encode twice', () => {
    const inputs = sample(entities.map((parts) => parts.join('')));
    const answers = askPhp(
      'return base64_encode(htmlspecialchars($in, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML401, "UTF-8", false));',
      inputs,
    );
    expect(inputs.map((input) => base64(htmlspecialchars(input, { doubleEncode: false })))).toEqual(answers);
  });

  test('marks line breaks as PHP does', () => {
    const inputs = sample(
      fc.array(fc.constantFrom('\r', '\n', 'a'), { maxLength: 8 }).map((parts) => parts.join('')),
    );
    expect(inputs.map((input) => base64(nl2br(input)))).toEqual(
      askPhp('return base64_encode(nl2br($in));', inputs),
    );
  });
});

const halves = fc
  .tuple(fc.integer({ min: -999999, max: 999999 }), fc.nat(6))
  .map(([whole, places]) => (whole + 0.5) / 10 ** places);
const number = fc.oneof(
  halves,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.integer(),
);

describe('numbers', () => {
  test.each<[number | string, number, string]>([
    [1.005, 2, '1.01'],
    ['10.10', 2, '10.10'],
    ['1234567.891', 2, '1,234,567.89'],
    [-0.4, 0, '0'],
    [-2.5, 0, '-3'],
    [0.5, 0, '1'],
    ['99999999999999999999', 0, '100,000,000,000,000,000,000'],
  ])('formats %j to %i decimals as %s', (value, decimals, expected) => {
    expect(numberFormat(value, decimals)).toBe(expected);
  });

  test('formats and rounds as PHP does', () => {
    const cases = fc
      .sample(fc.tuple(number, fc.integer({ min: -3, max: 8 })))
      .filter(([value]) => !Object.is(value, -0));
    const inputs = cases.map(
      ([value, places]) =>
        new Map([
          [0, value],
          [1, places],
        ]),
    );
    const code =
      'return number_format($in[0], max(0, $in[1]), ",", ".") . " " . json_encode(round((float) $in[0], $in[1]));';
    const answers = askPhp(code, inputs);
    cases.forEach(([value, places], index) => {
      const [formatted = '', rounded] = (answers[index] ?? '').split(' ');
      expect(numberFormat(value, places, ',', '.'), `${value} ${places}`).toBe(formatted);
      expect(phpRound(value, places), `${value} ${places}`).toBe(Number(rounded));
    });
  });

  test('writes floats as echo does', () => {
    const inputs = [...sample(number), 0.1, 1e14, 1e15, 12345678901234.5, 12345678901235.5].filter(
      (value) => !Object.is(value, -0),
    );
    expect(inputs.map((value) => phpFloatToString(value))).toEqual(
      askPhp('return (string) (float) $in;', inputs),
    );
  });

  test('refuses what PHP 8 refuses', () => {
    expect(() => numberFormat('abc')).toThrow(TypeError);
  });
});
