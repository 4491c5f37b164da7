// HTML escaping and number formatting against real PHP.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { phpFloatToString } from '../../../src/php/text/float.ts';
import { htmlspecialchars, htmlspecialcharsDecode, nl2br } from '../../../src/php/text/html.ts';
import {
  ENT_COMPAT,
  ENT_HTML5,
  ENT_IGNORE,
  ENT_QUOTES,
  ENT_SUBSTITUTE,
  ENT_XHTML,
  ENT_XML1,
} from '../../../src/php/text/html-flags.ts';
import { numberFormat, phpRound } from '../../../src/php/text/number-format.ts';
import { bytesOf, type PhpValue } from '../../../src/php/value.ts';
import { askPhp } from '../oracle/php.ts';
import { anyString, recordEqual, sample } from '../oracle/values.ts';

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

  const flags = fc
    .tuple(
      fc.constantFrom(0, ENT_COMPAT, ENT_QUOTES),
      fc.constantFrom(0, ENT_IGNORE, ENT_SUBSTITUTE),
      fc.constantFrom(0, ENT_XML1, ENT_XHTML, ENT_HTML5),
    )
    .map(([quotes, invalid, doctype]) => quotes | invalid | doctype);
  const mixed = fc.oneof(
    anyString,
    brokenUtf8.map((bytes) => Buffer.from(bytes)),
    entities.map((parts) => parts.join('')),
  );

  test('escapes as PHP does, whatever the flags', () => {
    const cases = sample(fc.tuple(mixed, flags, fc.boolean())).filter(
      ([, bits, twice]) => twice || (bits & ENT_HTML5) !== ENT_HTML5,
    );
    const answers = askPhp(
      'return base64_encode(htmlspecialchars($in[0], $in[1], "UTF-8", $in[2]));',
      cases.map((one) => new Map<number, PhpValue>(one.entries())),
    );
    const ours = cases.map(([text, bits, doubleEncode]) =>
      htmlspecialchars(text, { flags: bits, doubleEncode }),
    );
    expect(ours.map(base64)).toEqual(answers);
    recordEqual('htmlspecialchars with random flags', cases);
  });

  test('has the defaults of before PHP 8.1 as well', () => {
    const inputs = sample(mixed);
    const answers = askPhp('return base64_encode(htmlspecialchars($in, ENT_COMPAT));', inputs);
    expect(inputs.map((input) => base64(htmlspecialchars(input, { version: 7.4 })))).toEqual(answers);
    expect(htmlspecialchars("'", { version: 8.1 })).toBe('&#039;');
  });

  test('refuses to keep entities of HTML 5, which it does not know', () => {
    expect(() => htmlspecialchars('&nvlt;', { flags: ENT_HTML5, doubleEncode: false })).toThrow(RangeError);
  });

  test('is undone as PHP does it, whatever the flags', () => {
    const pieces = fc.constantFrom(
      '&',
      'amp',
      'lt',
      'gt',
      'quot',
      'apos',
      'eacute',
      'LT',
      '#',
      '39',
      '039',
      '34',
      '60',
      'x3C',
      'X0x3e',
      '38',
      '65',
      ';',
      '<',
      "'",
      '"',
      'é',
    );
    const cases = sample(
      fc.tuple(
        fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
        flags,
      ),
    );
    const answers = askPhp(
      'return base64_encode(htmlspecialchars_decode($in[0], $in[1])) . " " . base64_encode(htmlspecialchars_decode($in[0]));',
      cases.map((one) => new Map<number, PhpValue>(one.entries())),
    );
    const ours = cases.map(
      ([text, bits]) =>
        `${base64(htmlspecialcharsDecode(text, { flags: bits }))} ${base64(htmlspecialcharsDecode(text))}`,
    );
    expect(ours).toEqual(answers);
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
    const cases = sample(fc.tuple(number, fc.integer({ min: -3, max: 8 }))).filter(
      ([value]) => !Object.is(value, -0),
    );
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
    recordEqual('number_format and round', cases);
  });

  test('writes floats as echo does', () => {
    const inputs = [...sample(number), 0.1, 1e14, 1e15, 12345678901234.5, 12345678901235.5].filter(
      (value) => !Object.is(value, -0),
    );
    expect(inputs.map((value) => phpFloatToString(value))).toEqual(
      askPhp('return (string) (float) $in;', inputs),
    );
    recordEqual('Floats as text', inputs);
  });

  test('writes floats with any precision', () => {
    const cases = sample(fc.tuple(number, fc.constantFrom(-1, 1, 5, 14, 16, 17))).filter(
      ([value]) => !Object.is(value, -0),
    );
    const answers = askPhp(
      'ini_set("precision", $in[1]); return (string) (float) $in[0];',
      cases.map((one) => new Map<number, PhpValue>(one.entries())),
    );
    expect(cases.map(([value, precision]) => phpFloatToString(value, precision))).toEqual(answers);
  });

  test('refuses what PHP 8 refuses', () => {
    expect(() => numberFormat('abc')).toThrow(TypeError);
  });
});
