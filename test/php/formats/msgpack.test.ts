// The msgpack decoder against real PHP: what its extension writes, objects and references among it, and damaged input.
import { describe, expect, test } from 'vitest';
import { msgpackDecode } from '../../../src/php/formats/msgpack.ts';
import { unserialize } from '../../../src/php/formats/unserialize.ts';
import { PhpObject, type PhpValue } from '../../../src/php/value.ts';
import { record } from '../../e2e/figures.ts';
import { askPhp, describeValue } from '../oracle/php.ts';
import { graphOf, SHARED_PARTS } from '../oracle/shared-parts.ts';
import { anyValue, sample } from '../oracle/values.ts';

function read(hex: string): PhpValue | undefined {
  const result = msgpackDecode(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  return result.ok ? result.value : undefined;
}

describe('msgpackDecode', () => {
  test.each<[string, string, PhpValue]>([
    ['null', 'c0', null],
    ['a small integer', '7f', 127],
    ['a small negative integer', 'e0', -32],
    ['a byte', 'ccff', 255],
    ['four bytes', 'ceffffffff', 4294967295],
    ['a negative byte', 'd080', -128],
    ['two negative bytes', 'd18000', -32768],
    ['four negative bytes', 'd280000000', -2147483648],
    ['eight bytes', 'd38000000000000000', -(2n ** 63n)],
    ['what is beyond PHP, as PHP does', 'cfffffffffffffffff', '18446744073709551615'],
    ['a float of four bytes', 'ca3fc00000', 1.5],
    ['a float', 'cb3ff8000000000000', 1.5],
    ['text', 'a161', 'a'],
    ['text of a one-byte length', 'd90161', 'a'],
    ['text of a four-byte length', 'db0000000161', 'a'],
    ['bytes', 'c402ff00', Buffer.from([0xff, 0])],
    ['a map of integers', '8101a161', new Map([[1, 'a']])],
    ['an integer as text in a key', '81a13101', new Map([[1, 1]])],
    ['a name that says __proto__', '81a95f5f70726f746f5f5fc3', new Map([['__proto__', true]])],
    ['an object', '82c0a141a16101', new PhpObject('A', { properties: new Map([['a', 1]]) })],
    ['what __serialize gave', '82c0a141c09107', new PhpObject('A', { properties: new Map([[0, 7]]) })],
    ['an empty map', '80', new PhpObject('stdClass')],
    [
      'what a class wrote itself',
      '82c003a141a2ff00',
      new PhpObject('A', { payload: Buffer.from([0xff, 0]) }),
    ],
  ])('reads %s', (_, hex, value) => {
    expect(msgpackDecode(Buffer.from(hex, 'hex'))).toEqual({ ok: true, value });
  });

  test('reads a circular array', () => {
    const circle = read('82c001 00 82c0020001');
    expect(circle instanceof Map && circle.get(0) === circle).toBe(true);
  });

  test.each([
    '',
    'c1',
    'c0c0',
    'cc',
    'a261',
    'db7fffffff61',
    '91',
    'ddffffffff',
    'dfffffffffc0',
    '8101',
    '81c301',
    '81cb000000000000000001',
    '81c006',
    '81c0c0',
    '82c0040009',
    '82c0040101',
    '83c004000100c0',
    '82c003a1410a',
    '82c0a141c0c0',
    '92 9107 82c0a141c082c0020002',
    'd40000',
    'c70000',
  ])('refuses %j', (hex) => {
    expect(read(hex)).toBeUndefined();
  });

  test('stops at its limits of depth and size', () => {
    const nested = Buffer.from(`${'91'.repeat(600)}c0`, 'hex');
    expect(msgpackDecode(nested)).toMatchObject({ ok: false, error: { code: 'too-deep' } });
    expect(msgpackDecode(nested, { maxDepth: 600 }).ok).toBe(true);
    expect(msgpackDecode(nested, { maxBytes: 9 })).toMatchObject({ ok: false, error: { code: 'too-large' } });
  });

  test('reads what PHP writes', () => {
    const values = sample(anyValue({ bytes: true }));
    const written = askPhp('return base64_encode(msgpack_pack($in));', values, ['msgpack']);
    const read = written.map((text) => msgpackDecode(Buffer.from(text, 'base64')));
    expect(read.map((result) => result.ok && describeValue(result.value))).toEqual(values.map(describeValue));
    record({
      figure: `msgpack: ${values.length} random values that PHP wrote`,
      demanded: 'each read to the value that it was',
      measured: `${read.filter(({ ok }) => ok).length} equal`,
    });
  });

  test('reads references and classes as PHP numbers them', () => {
    const code = `${SHARED_PARTS} $all = shared_parts($in);
      return base64_encode(serialize($all)) . ' ' . base64_encode(msgpack_pack($all));`;
    for (const answer of askPhp(code, sample(anyValue({ bytes: true })), ['msgpack'])) {
      const [serialized = '', msgpack = ''] = answer.split(' ');
      const expected = unserialize(Buffer.from(serialized, 'base64'));
      const result = msgpackDecode(Buffer.from(msgpack, 'base64'));
      expect(result.ok && graphOf(result.value)).toEqual(expected.ok && graphOf(expected.value));
    }
  });
});
