// Golden values that real PHP wrote in two formats: each is read to the right value, and written back to the same bytes.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { igbinaryDecode } from '../../../src/php/formats/igbinary.ts';
import { serialize } from '../../../src/php/formats/serialize.ts';
import { unserialize } from '../../../src/php/formats/unserialize.ts';
import { type PhpKey, PhpObject, type PhpValue } from '../../../src/php/value.ts';

const file = new URL('../../vectors/serialize-igbinary.json', import.meta.url);
const vectors: Record<string, { php: string; igb: string }> = JSON.parse(readFileSync(file, 'utf8'));

const array = (...entries: [PhpKey, PhpValue][]) => new Map<PhpKey, PhpValue>(entries);
const object = (name: string, ...entries: [PhpKey, PhpValue][]) =>
  new PhpObject(name, { properties: array(...entries) });
const pair = array([0, 1], [1, 2]);

const VALUES: Record<string, PhpValue> = {
  ao: object('ArrayObject', [0, 0], [1, array(['a', 1])], [2, array()], [3, null]),
  bigint: 9223372036854775807n,
  binary: Buffer.from([0xff, 0, 0xfe]),
  dt: object(
    'DateTimeImmutable',
    ['date', '2024-01-02 03:04:05.000000'],
    ['timezone_type', 3],
    ['timezone', 'Europe/London'],
  ),
  empty: array(),
  enum: new PhpObject('Suit', { enumCase: 'H' }),
  f3: 1e100,
  inf: Infinity,
  int: 42,
  list: array([0, 'a'], [1, 'b']),
  mixed: array([0, 'a'], ['k', 'v']),
  nan: Number.NaN,
  null: null,
  numkey: array([10, 'x'], ['b', 'y']),
  ref: array([0, pair], [1, pair]),
  std: object('stdClass', ['q', 1]),
  utf8: 'Zoë €',
};

describe.each(Object.entries(vectors))('the golden value "%s"', (name, { php, igb }) => {
  test('is read from serialize() and igbinary', () => {
    expect(VALUES).toHaveProperty([name]);
    expect(unserialize(Buffer.from(php, 'hex'))).toEqual({ ok: true, value: VALUES[name] });
    expect(igbinaryDecode(Buffer.from(igb, 'hex'))).toEqual({ ok: true, value: VALUES[name] });
  });

  test('is written back as PHP wrote it', () => {
    const value = unserialize(Buffer.from(php, 'hex'));
    const written = value.ok ? serialize(value.value) : undefined;
    expect(written?.ok && written.value.toString('hex')).toBe(php);
  });
});
