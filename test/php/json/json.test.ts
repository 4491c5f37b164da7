// json_encode byte for byte against real PHP, and reading JSON as PHP does.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonDecode } from '../../../src/php/json/decode.ts';
import { phpJsonEncode } from '../../../src/php/json/encode.ts';
import * as flags from '../../../src/php/json/flags.ts';
import { PhpFloat, PhpObject, type PhpValue } from '../../../src/php/value.ts';
import { askPhp, describeValue } from '../oracle/php.ts';
import { anyValue, recordEqual, sample } from '../oracle/values.ts';

function encode(value: PhpValue, bits: number): string {
  const result = phpJsonEncode(value, bits);
  return Buffer.from(result.ok ? result.value : 'false').toString('base64');
}

describe('phpJsonEncode', () => {
  test('writes what PHP writes, whatever the flags', () => {
    const bits = fc.subarray(Object.values(flags)).map((list) => list.reduce((sum, flag) => sum | flag, 0));
    const cases = sample(fc.tuple(anyValue({ bytes: true }), fc.oneof(fc.constant(0), bits)));
    const inputs = cases.map(
      ([value, bit]) =>
        new Map<string, PhpValue>([
          ['v', value],
          ['f', bit],
        ]),
    );
    const code = '$j = json_encode($in["v"], $in["f"]); return base64_encode($j === false ? "false" : $j);';
    const answers = askPhp(code, inputs);
    cases.forEach(([value, bit], index) => {
      expect(encode(value, bit), JSON.stringify(describeValue(value))).toBe(answers[index]);
    });
    recordEqual('json_encode with random flags', cases);
  });

  test('writes floats as PHP does', () => {
    const floats = sample(fc.double({ noNaN: true, noDefaultInfinity: true }));
    const inputs = [0.1, 1e25, 1.5e-7, 1e20, 1e17, 123456789012345680, 1e-4, 1e-5, -0, 5e-324, ...floats];
    const answers = askPhp('return base64_encode(json_encode(build($in)));', inputs.map(asFloat));
    expect(inputs.map((value) => encode(value, 0))).toEqual(answers);
  });

  test.each<[string, PhpValue, string]>([
    [
      'a list',
      new Map([
        [0, 'a/é'],
        [1, '\u2028'],
      ]),
      '["a\\/\\u00e9","\\u2028"]',
    ],
    ['a map with a gap', new Map([[1, 'a']]), '{"1":"a"}'],
    ['an empty array', new Map(), '[]'],
    ['an empty object', new PhpObject('stdClass'), '{}'],
    [
      'public properties only',
      new PhpObject('A', {
        properties: new Map([
          ['a', 1],
          ['\0*\0b', 2],
          ['\0A\0c', 3],
        ]),
      }),
      '{"a":1}',
    ],
    ['DEL and control characters', '\x7f\x1f\n', '"\x7f\\u001f\\n"'],
  ])('writes %s', (_, value, expected) => {
    expect(phpJsonEncode(value)).toEqual({ ok: true, value: expected });
  });

  test('takes plain arrays and objects, leaving out what is undefined', () => {
    const value = { list: [1, [], {}], none: undefined, nothing: null, big: 9007199254740993n };
    expect(phpJsonEncode(value)).toEqual({
      ok: true,
      value: '{"list":[1,[],{}],"nothing":null,"big":9007199254740993}',
    });
  });

  const circle = new Map<string, PhpValue>();
  circle.set('self', circle);
  test.each<[string, PhpValue, string]>([
    ['bytes that are not UTF-8', Buffer.from([0xff]), 'utf8'],
    ['a lone surrogate', '\ud800', 'utf8'],
    ['NaN', Number.NaN, 'inf-or-nan'],
    ['a circular value', circle, 'depth'],
    ['an enum', new PhpObject('Suit', { enumCase: 'H' }), 'unsupported'],
  ])('fails on %s', (_, value, code) => {
    expect(phpJsonEncode(value)).toMatchObject({ ok: false, error: { code } });
  });

  test('writes what it can under JSON_PARTIAL_OUTPUT_ON_ERROR', () => {
    const partial = flags.JSON_PARTIAL_OUTPUT_ON_ERROR;
    const value = new Map<string | number, PhpValue>([
      ['a', Number.NaN],
      ['b', Buffer.from([0xff])],
      ['\udcff', 1],
      ['c', circle],
      ['d', new PhpObject('Suit', { enumCase: 'H' })],
    ]);
    expect(phpJsonEncode(value, partial)).toEqual({
      ok: true,
      value: '{"a":0,"b":null,"":1,"c":{"self":null},"d":null}',
    });
  });

  test('writes a float that says so with its fraction, if asked', () => {
    const value = [new PhpFloat(1), 1, new PhpFloat(-0), 1.5, '1.0'];
    const zero = flags.JSON_PRESERVE_ZERO_FRACTION;
    expect(phpJsonEncode(value)).toEqual({ ok: true, value: '[1,1,-0,1.5,"1.0"]' });
    expect(phpJsonEncode(value, zero | flags.JSON_NUMERIC_CHECK)).toEqual({
      ok: true,
      value: '[1.0,1,-0.0,1.5,1.0]',
    });
    const code =
      'return json_encode([1.0, 1, -0.0, 1.5, "1.0"], $in) . json_encode([1.0, 1, -0.0, 1.5, "1.0"]);';
    expect(askPhp(code, [zero | flags.JSON_NUMERIC_CHECK])).toEqual([
      '[1.0,1,-0.0,1.5,1.0][1,1,-0,1.5,"1.0"]',
    ]);
  });

  test('nests as deep as PHP and no deeper', () => {
    const nested = (depth: number): PhpValue => (depth === 0 ? new Map() : new Map([[0, nested(depth - 1)]]));
    expect([511, 512, 513].map((depth) => phpJsonEncode(nested(depth)).ok)).toEqual([true, false, false]);
    const code = '$v = []; for ($i = 0; $i < $in; $i++) $v = [$v]; return json_encode($v) === false ? 0 : 1;';
    expect(askPhp(code, [511, 512, 513])).toEqual(['1', '0', '0']);
  });
});

function asFloat(value: number): PhpValue {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return new Map([
    [0, 'd'],
    [1, bytes.toString('hex')],
  ]);
}

describe('jsonDecode', () => {
  test('reads what PHP writes', () => {
    const inputs = sample(anyValue({ bytes: false }));
    const answers = askPhp(
      'return base64_encode(json_encode($in)) . " " . described(json_decode(json_encode($in)));',
      inputs,
    );
    for (const answer of answers) {
      const [json = '', description] = answer.split(' ');
      const value = jsonDecode(Buffer.from(json, 'base64').toString());
      expect(JSON.stringify(value === undefined ? ['n'] : describeValue(value))).toBe(description);
    }
  });

  test('reads or refuses any text as PHP does, with either kind of objects', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"1"',
      '""',
      '"\\u0000"',
      '"\\ud800"',
      '"\\ud83d\\ude00"',
      '"\\udc00"',
      '1',
      '-0',
      '1.0',
      '1e3',
      '12345678901234567890',
      '-9223372036854775808',
      'true',
      'NULL',
      ' ',
      '01',
      '"\\/"',
      '"é"',
    );
    const json = fc.json().filter((text) => !text.includes('__proto__'));
    const texts = fc.oneof(
      json,
      fc.array(pieces, { maxLength: 8 }).map((list) => list.join('')),
      fc.array(pieces, { maxLength: 5 }).map((list) => `[${list.join(',')}]`),
      fc
        .array(fc.tuple(pieces, pieces), { maxLength: 3 })
        .map((list) => `{${list.map((pair) => pair.join(':')).join(',')}}`),
    );
    // A name that is a large integer and no string gets through json_decode by mistake, with JSON_BIGINT_AS_STRING.
    const noName = /[{,]\s*-?[0-9]{19,}\s*:/;
    const cases = sample(
      fc.tuple(
        texts.filter((text) => !noName.test(text)),
        fc.boolean(),
        fc.boolean(),
      ),
    );
    const code =
      '$v = json_decode($in[0], $in[1], 512, $in[2] ? JSON_BIGINT_AS_STRING : 0); return json_last_error() ? "error" : described($v);';
    const answers = askPhp(
      code,
      cases.map((one) => new Map<number, PhpValue>(one.entries())),
    );
    const wrong = cases.flatMap(([text, assoc, bigintAsString], index) => {
      const value = jsonDecode(text, { assoc, bigintAsString });
      const ours = value === undefined ? 'error' : JSON.stringify(describeValue(value));
      return ours === answers[index] ? [] : [`${text} ${assoc}: ${ours}, not ${answers[index]}`];
    });
    expect(wrong).toEqual([]);
    recordEqual('json_decode', cases);
  });

  test('reads an integer of any length as a float, or as text where that is wished', () => {
    const long = '1'.repeat(30);
    expect(jsonDecode(long)).toBe(Number(long));
    expect(jsonDecode(`-${long}`, { bigintAsString: true })).toBe(`-${long}`);
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(jsonDecode(Buffer.from('"\xe9"', 'latin1'))).toBeUndefined();
    expect(jsonDecode(Buffer.from('"é"'))).toBe('é');
  });

  test.each([
    '',
    '{',
    '[1,]',
    '{"a":1,}',
    '{"a"}',
    '{a:1}',
    '"a',
    '"\\x"',
    '"\n"',
    '01',
    '1.',
    'nul',
    '1 2',
    '[1 2]',
    '['.repeat(513) + ']'.repeat(513),
  ])('refuses %j', (text) => {
    expect(jsonDecode(text)).toBeUndefined();
  });

  test('keeps big integers and the order of names', () => {
    expect(jsonDecode('{"b":9007199254740993,"10":-1,"a":1e2}')).toEqual(
      new PhpObject('stdClass', {
        properties: new Map<string | number, PhpValue>([
          ['b', 9007199254740993n],
          [10, -1],
          ['a', 100],
        ]),
      }),
    );
  });
});
