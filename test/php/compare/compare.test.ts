// Loose comparison and casts against real PHP.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boolval, floatval, intval, strval } from '../../../src/php/compare/casts.ts';
import { looseEquals, spaceship } from '../../../src/php/compare/compare.ts';
import { bytesOf, PhpFloat, PhpObject, type PhpValue } from '../../../src/php/value.ts';
import { askPhp, describeValue } from '../oracle/php.ts';
import { anyValue, recordEqual, sample } from '../oracle/values.ts';

const TEXTS = [
  '',
  '0',
  '1',
  '01',
  '10',
  '1e1',
  '1e2',
  '100',
  '0.0',
  '-0',
  '+1',
  ' 1',
  '1 ',
  '\t1\n',
  '1\0',
  'a',
  'A',
  '1a',
  'abc',
  '.5',
  '5.',
  '0x1A',
  '1e1000',
  '-1e1000',
  '9223372036854775807',
  '9223372036854775808',
  '9223372036854775809',
  '-9223372036854775808',
  '-9223372036854775809',
  '00000000000000000000001',
  '18446744073709551616',
  '1.5',
  '1.50',
  'INF',
  'NAN',
  'null',
  'true',
  'Array',
  '1e',
  '1e+',
  '--1',
  ' ',
  '9007199254740993',
  '9007199254740992',
  '1'.repeat(400),
  '2'.repeat(400),
  `-${'1'.repeat(400)}`,
] as const;
const scalar = fc.oneof(
  fc.constantFrom<PhpValue[]>(
    null,
    true,
    false,
    0,
    1,
    -1,
    10,
    100,
    1.5,
    0.1,
    1e25,
    9007199254740992,
    9007199254740993n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
  ),
  fc.constantFrom(...TEXTS),
  fc.integer({ min: -20, max: 200 }),
  fc.array(fc.constantFrom(...'0123456789.eE+- \tx'), { maxLength: 6 }).map((list) => list.join('')),
  fc.double(),
);
const container = fc.oneof(
  fc.array(scalar, { maxLength: 2 }).map((list) => new Map(list.entries())),
  fc
    .array(fc.tuple(fc.constantFrom('a', 'b', 0, 1), scalar), { maxLength: 2 })
    .map((entries) => new Map(entries)),
  fc
    .array(fc.tuple(fc.constantFrom('a', 'b'), scalar), { maxLength: 2 })
    .map((entries) => new PhpObject('stdClass', { properties: new Map(entries) })),
);
const small = fc.oneof({ arbitrary: scalar, weight: 4 }, { arbitrary: container, weight: 1 });
const pairs = fc
  .oneof(
    fc.tuple(small, small),
    fc.tuple(scalar, scalar),
    // One object is equal to itself, whatever is in it: PHP gets two.
    small
      .filter((value) => !(value instanceof PhpObject))
      .map((value): [PhpValue, PhpValue] => [value, value]),
    fc.tuple(anyValue({ bytes: true }), small),
  )
  // Our numbers do not say whether a whole one was an int; PHP's -0.0 is a float.
  .filter((pair) => !JSON.stringify(pair.map(describeValue)).includes('8000000000000000'));

function both(left: PhpValue, right: PhpValue): PhpValue {
  return new Map([
    [0, left],
    [1, right],
  ]);
}

const told = (...values: PhpValue[]) => JSON.stringify(values.map(describeValue));

describe('comparing', () => {
  test('says what PHP 8 says', () => {
    const cases = sample(pairs);
    const answers = askPhp(
      'return (int) ($in[0] == $in[1]) . " " . ($in[0] <=> $in[1]) . " " . ($in[1] <=> $in[0]);',
      cases.map(([left, right]) => both(left, right)),
    );
    const wrong = cases.flatMap(([left, right], index) => {
      const ours = `${Number(looseEquals(left, right))} ${spaceship(left, right)} ${spaceship(right, left)}`;
      return ours === answers[index] ? [] : [`${told(left, right)}: ${ours}, not ${answers[index]}`];
    });
    expect(wrong).toEqual([]);
    recordEqual('Loose comparison', cases);
  });

  test('takes a text for its number where PHP 7 did', () => {
    const cases = sample(
      fc.tuple(
        scalar.filter((value) => typeof value === 'number' && !Number.isNaN(value) && !Object.is(value, -0)),
        fc.constantFrom(...TEXTS),
      ),
    );
    // What PHP 7 compared with: PHP 8 still computes it, unless there is no number at all.
    const code =
      'try { $number = 0 + $in[1]; } catch (TypeError) { $number = 0; } return (int) ($in[0] == $number) . " " . ($in[0] <=> $number) . " " . ($number <=> $in[0]);';
    const answers = askPhp(
      code,
      cases.map(([left, right]) => both(left, right)),
    );
    const wrong = cases.flatMap(([left, right], index) => {
      const php7 = { version: 7.4 };
      const ours = `${Number(looseEquals(left, right, php7))} ${spaceship(left, right, php7)} ${spaceship(right, left, php7)}`;
      return ours === answers[index] ? [] : [`${told(left, right)}: ${ours}, not ${answers[index]}`];
    });
    expect(wrong).toEqual([]);
  });

  // https://wiki.php.net/rfc/string_to_number_comparison and https://wiki.php.net/rfc/saner-string
  test.each<[PhpValue, PhpValue, boolean, boolean]>([
    [0, '0', true, true],
    [0, '0.0', true, true],
    [0, 'foo', true, false],
    [0, '', true, false],
    [42, '   42', true, true],
    [42, '42   ', true, true],
    [42, '42foo', true, false],
    ['42', '42 ', false, true],
    ['abc', '0', false, false],
    [null, '', true, true],
    [null, '0', false, false],
    [false, '0', true, true],
    ['1', '01', true, true],
    ['10', '1e1', true, true],
    [100, '1e2', true, true],
  ])('%j == %j is %s in PHP 7 and %s in PHP 8', (left, right, php7, php8) => {
    expect([looseEquals(left, right, { version: 7 }), looseEquals(left, right)]).toEqual([php7, php8]);
  });

  test('compares plain arrays and objects as PHP arrays', () => {
    expect(
      looseEquals(
        ['1', 2],
        new Map<number, PhpValue>([
          [1, '2'],
          [0, 1],
        ]),
      ),
    ).toBe(true);
    expect(looseEquals({ a: '1', b: undefined }, new Map([['a', 1]]))).toBe(true);
    expect(looseEquals([], null)).toBe(true);
    expect(looseEquals(undefined, false)).toBe(true);
  });

  test('compares objects by their class, and enums by their case', () => {
    const one = (className: string) => new PhpObject(className, { properties: new Map([['a', 1]]) });
    expect(looseEquals(one('A'), one('A'))).toBe(true);
    expect(looseEquals(one('A'), one('B'))).toBe(false);
    const suit = (enumCase: string) => new PhpObject('Suit', { enumCase });
    expect(looseEquals(suit('Hearts'), suit('Hearts'))).toBe(true);
    expect(looseEquals(suit('Hearts'), suit('Spades'))).toBe(false);
  });
});

describe('casting', () => {
  test('casts as PHP does', () => {
    const cases = sample(
      fc.oneof(small, anyValue({ bytes: true })).filter((value) => !told(value).includes('8000000000000000')),
    );
    const code =
      '$text = is_object($in) ? "" : base64_encode((string) $in); return described([(bool) $in, (int) $in, (float) $in]) . " " . $text;';
    const answers = askPhp(code, cases);
    const wrong = cases.flatMap((value, index) => {
      const casts = new Map<number, PhpValue>([boolval(value), intval(value), floatval(value)].entries());
      const text = value instanceof PhpObject ? '' : bytesOf(strval(value)).toString('base64');
      const ours = `${JSON.stringify(describeValue(casts))} ${text}`;
      return ours === answers[index] ? [] : [`${told(value)}: ${ours}, not ${answers[index]}`];
    });
    expect(wrong).toEqual([]);
    recordEqual('Casts', cases);
  });

  test('casts plain arrays and what is missing', () => {
    expect([boolval([]), boolval({}), boolval(['']), boolval(undefined)]).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect([intval([]), intval(['a']), intval(undefined)]).toEqual([0, 1, 0]);
    expect([strval(['a']), strval(undefined)]).toEqual(['Array', '']);
  });

  test('takes a float that says so for a float', () => {
    const large = new PhpFloat(1e15);
    expect([strval(large), intval(large), floatval(large), boolval(large)]).toEqual([
      '1.0E+15',
      1e15,
      1e15,
      true,
    ]);
    expect([strval(1e15), boolval(new PhpFloat(0))]).toEqual(['1000000000000000', false]);
    expect(looseEquals(new PhpFloat(1), '1')).toBe(true);
  });

  test('has no text for an object', () => {
    expect(() => strval(new PhpObject('User'))).toThrow('an object of class User has no text');
  });

  test('reads numbers of a million digits in a moment', () => {
    expect(intval('9'.repeat(1_000_000))).toBe(0);
    expect(looseEquals('1'.repeat(1_000_000), '2'.repeat(1_000_000))).toBe(false);
  });
});
