// The igbinary decoder against real PHP: everything PHP writes, references and classes, and damaged input.
import { describe, expect, test } from 'vitest';
import { igbinaryDecode } from '../../../src/php/formats/igbinary.ts';
import { unserialize } from '../../../src/php/formats/unserialize.ts';
import { PhpObject, type PhpValue } from '../../../src/php/value.ts';
import { record } from '../../e2e/figures.ts';
import { askPhp, describeValue } from '../oracle/php.ts';
import { graphOf, SHARED_PARTS } from '../oracle/shared-parts.ts';
import { anyValue, sample } from '../oracle/values.ts';

function read(hex: string): PhpValue | undefined {
  const result = igbinaryDecode(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  return result.ok ? result.value : undefined;
}

describe('igbinaryDecode', () => {
  test.each<[string, string, PhpValue]>([
    ['null', '00000002 00', null],
    ['format version 1', '00000001 05', true],
    ['a byte', '00000002 06ff', 255],
    ['a negative byte', '00000002 07ff', -255],
    ['a negative zero', '00000002 0700', 0],
    ['two bytes', '00000002 08ffff', 65535],
    ['four negative bytes', '00000002 0bffffffff', -4294967295],
    ['eight bytes', '00000002 20001fffffffffffff', 9007199254740991],
    ['eight bytes beyond 2^53', '00000002 200020000000000001', 9007199254740993n],
    ['the least integer', '00000002 218000000000000000', -(2n ** 63n)],
    ['a float', '00000002 0c3ff8000000000000', 1.5],
    ['an empty string', '00000002 0d', ''],
    ['bytes', '00000002 1102ff00', Buffer.from([0xff, 0])],
    ['a string of two-byte length', '00000002 12000161', 'a'],
    ['a string of four-byte length', '00000002 130000000161', 'a'],
    ['numbers as keys', '00000002 1401 110131 05', new Map([[1, true]])],
    ['a name that says __proto__', '00000002 1401 11095f5f70726f746f5f5f 05', new Map([['__proto__', true]])],
    ['a property that __sleep named in vain', '00000002 170141 1401 00', new PhpObject('A')],
    ['an enum', '00000002 170141 27 110148', new PhpObject('A', { enumCase: 'H' })],
    [
      'what a class wrote itself',
      '00000002 170141 1d02 ff00',
      new PhpObject('A', { payload: Buffer.from([0xff, 0]) }),
    ],
  ])('reads %s', (_, hex, value) => {
    expect(igbinaryDecode(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toEqual({ ok: true, value });
  });

  test('reads strings and classes called by their number', () => {
    const value = read('00000002 1402 0600 170141 1400 0601 1a00 1401 0e00 0e00');
    expect(value).toEqual(
      new Map([
        [0, new PhpObject('A')],
        [1, new PhpObject('A', { properties: new Map([['A', 'A']]) })],
      ]),
    );
  });

  test('reads a circular array', () => {
    const circle = read('00000002 1401 0600 25 0100');
    expect(circle instanceof Map && circle.get(0) === circle).toBe(true);
  });

  test.each([
    '',
    '000000',
    '00000002',
    '00000003 00',
    '61',
    '00000002 00 00',
    '00000002 06',
    '00000002 0c00',
    '00000002 1105 61',
    '00000002 0e00',
    '00000002 1401',
    '00000002 14ff 0600',
    '00000002 16ffffffff 0600 00',
    '00000002 1401 0500',
    '00000002 0100',
    '00000002 2201',
    '00000002 2525 00',
    '00000002 170141',
    '00000002 170141 00',
    '00000002 170141 1d05 61',
    '00000002 170141 27 05',
    '00000002 208000000000000000',
    '00000002 218000000000000001',
    '00000002 26',
    '00000002 ff',
  ])('refuses %j', (hex) => {
    expect(read(hex)).toBeUndefined();
  });

  test('stops at its limits of depth and size', () => {
    const nested = Buffer.concat([
      Buffer.from('00000002', 'hex'),
      Buffer.from('14010600'.repeat(600), 'hex'),
      Buffer.from('00', 'hex'),
    ]);
    expect(igbinaryDecode(nested)).toMatchObject({ ok: false, error: { code: 'too-deep' } });
    expect(igbinaryDecode(nested, { maxDepth: 600 }).ok).toBe(true);
    expect(igbinaryDecode(nested, { maxBytes: 9 })).toMatchObject({
      ok: false,
      error: { code: 'too-large' },
    });
  });

  test('reads what PHP writes', () => {
    const values = sample(anyValue({ bytes: true }));
    const written = askPhp('return base64_encode(igbinary_serialize($in));', values, ['igbinary']);
    const read = written.map((text) => igbinaryDecode(Buffer.from(text, 'base64')));
    expect(read.map((result) => result.ok && describeValue(result.value))).toEqual(values.map(describeValue));
    record({
      figure: `igbinary: ${values.length} random values that PHP wrote`,
      demanded: 'each read to the value that it was',
      measured: `${read.filter(({ ok }) => ok).length} equal`,
    });
  });

  test('reads references, repeated strings and classes as PHP numbers them', () => {
    const inputs = sample(anyValue({ bytes: true }));
    const code = `${SHARED_PARTS} $all = ['enum' => [Suit::H, Suit::H]] + shared_parts($in);
      return base64_encode(serialize($all)) . ' ' . base64_encode(igbinary_serialize($all));`;
    for (const answer of askPhp(`${ENUM} ${code}`, inputs, ['igbinary'])) {
      const [serialized = '', igbinary = ''] = answer.split(' ');
      const expected = unserialize(Buffer.from(serialized, 'base64'));
      const result = igbinaryDecode(Buffer.from(igbinary, 'base64'));
      expect(result.ok && graphOf(result.value)).toEqual(expected.ok && graphOf(expected.value));
    }
  });
});

const ENUM = "if (!enum_exists('Suit')) { enum Suit: string { case H = 'h'; } }";
