// Items as php-memcached writes them: golden bytes, scalars, compression and its limits.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fastlzDecompress } from '../../../src/php/formats/fastlz.ts';
import { decodeItem, unpackItem } from '../../../src/php/formats/memcached-item.ts';
import { toPlain } from '../../../src/php/path.ts';
import { bytesOf, type PhpValue } from '../../../src/php/value.ts';

interface Item {
  readonly flags: number;
  readonly b64: string;
}

const fastlz: { flags: number; raw: string; md5: string; len: number }[] = vectors('fastlz-values.json');
const { items }: { items: Record<string, Item> } = vectors('php-memcached-items.json');

function vectors(name: string) {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8'));
}

function decode(flags: number, body: string | Buffer) {
  return decodeItem(flags, Buffer.from(body));
}

const BIG_ARRAY = { items: Array.from({ length: 120 }, () => ({ name: 'widget', price: '9.99' })) };

/** What the last part of a golden item's name says that it holds. */
const MEANINGS: Record<string, unknown> = {
  max: 9223372036854775807n,
  neg: -7,
  int: 42,
  'f0.1': 0.1,
  f1: 1,
  f1e25: 1e25,
  false: false,
  true: true,
  nan: Number.NaN,
  inf: Infinity,
  ninf: -Infinity,
  null: null,
  empty: '',
  str: 'hello',
  utf8: 'Zoë €',
  bin: Buffer.from([0xff, 0, 0xfe]),
  bigstr: 'The quick brown fox. '.repeat(200),
  list: ['x', 'y'],
  arr: { a: 1, b: [true, null, 1.5] },
  bigarr: BIG_ARRAY,
  std: { q: 1 },
};

describe('golden items of php-memcached 3.2', () => {
  test.each(Object.entries(items))('reads %s', (name, item) => {
    const result = decodeItem(item.flags, Buffer.from(item.b64, 'base64'));
    const meaning = name.split('/').at(-1) ?? '';
    expect(MEANINGS).toHaveProperty([meaning]);
    expect(result.ok && comparable(result.value)).toEqual(MEANINGS[meaning]);
  });
});

function comparable(value: PhpValue): unknown {
  const plain = toPlain(value);
  return plain instanceof Uint8Array || typeof plain !== 'object' || plain === null
    ? plain
    : JSON.parse(JSON.stringify(plain));
}

describe('scalars and types', () => {
  test.each<[string, number, string, PhpValue]>([
    ['a string', 0, '42', '42'],
    ['a string with user flags', 0x12340000, 'x', 'x'],
    ['an integer', 1, '-7', -7],
    ['an integer that increment padded', 1, '99 ', 99],
    ['a float', 2, '.1', 0.1],
    ['true', 3, '1', true],
    ['false', 3, '', false],
    ['null', 4, 'N;', null],
    ['a float as php-memcached 1.0 wrote it', 2, '1.0E+25', 1e25],
    ['infinity as php-memcached 1.0 wrote it', 2, '-INF', -Infinity],
    ['igbinary', 5, '\0\0\0\x02\x06\x2a', 42],
    ['JSON', 6, '[1]', new Map([[0, 1]])],
    ['msgpack', 7, '\x2a', 42],
  ])('reads %s', (_, flags, body, value) => {
    expect(decode(flags, body)).toEqual({ ok: true, value });
  });

  test.each<[number, string]>([
    [1, ''],
    [1, '1.5'],
    [2, ''],
    [2, 'x'],
    [4, ''],
    [4, 'i:1;i:2;'],
    [5, '\0\0\0\x03\0'],
    [6, '{'],
    [6, '"\xff'],
    [7, '\xc1'],
    [8, 'x'],
  ])('refuses type %i with body %j', (flags, body) => {
    expect(decode(flags, Buffer.from(body, 'latin1')).ok).toBe(false);
  });
});

describe('compression', () => {
  const text = 'fig '.repeat(1000);
  const sized = (length: number) => {
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32LE(length);
    return Buffer.concat([prefix, zlib.deflateSync(text)]);
  };

  test.each(fastlz.map((vector, index) => [index, vector] as const))(
    'unpacks FastLZ value %i',
    (_, vector) => {
      const result = unpackItem(vector.flags, Buffer.from(vector.raw, 'base64'));
      const md5 = result.ok && createHash('md5').update(result.value).digest('hex');
      expect(md5).toBe(vector.md5);
    },
  );

  test('unpacks zlib with a length, and without one as php-memcached 1.0 wrote it', () => {
    expect(decode(0x30, sized(text.length))).toEqual({ ok: true, value: text });
    expect(decode(0x10, zlib.deflateSync(text))).toEqual({ ok: true, value: text });
  });

  test('refuses a body that is not as long as it says, cut short or of an unknown method', () => {
    for (const length of [0, text.length - 1, text.length + 1])
      expect(decode(0x30, sized(length)).ok).toBe(false);
    for (const body of ['', 'abc', '\x01\0\0\0', 'garbage garbage']) {
      for (const flags of [0x10, 0x30, 0x50]) expect(decode(flags, body).ok).toBe(false);
    }
  });

  test('unpacks zstd where Node can, and says what is missing where it cannot', () => {
    // A frame of one raw block, and the length before it.
    const frame = '\x05\0\0\0\x28\xb5\x2f\xfd\x20\x05\x29\0\0hello';
    const result = decodeItem(0x90, Buffer.from(frame, 'latin1'));
    if ('zstdDecompressSync' in zlib) expect(result).toEqual({ ok: true, value: 'hello' });
    else
      expect(result).toEqual({
        ok: false,
        error: { code: 'unsupported', message: 'unsupported: zstd, which Node offers from 22.15 on' },
      });
  });

  test('takes no memory for a FastLZ length that cannot be true', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 100; i++) expect(decode(0x50, '\xff\xff\xff\0\0A').ok).toBe(false);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });

  test('stops unpacking at the limit', () => {
    const bomb = Buffer.concat([
      Buffer.from([0xff, 0xff, 0xff, 0x7f]),
      zlib.deflateSync(Buffer.alloc(1 << 20)),
    ]);
    for (const flags of [0x30, 0x50])
      expect(decode(flags, bomb)).toMatchObject({ error: { code: 'too-large' } });
    expect(decodeItem(0x10, zlib.deflateSync(Buffer.alloc(1 << 20)), 1000)).toMatchObject({
      error: { code: 'too-large' },
    });
  });

  test('never reads or writes out of bounds on damaged FastLZ', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(300), (bytes, length) => {
        const output = fastlzDecompress(bytes, length);
        return output === undefined || output.length === length;
      }),
    );
    expect(bytesOf(fastlzDecompress(Buffer.from([0, 0x41]), 1) ?? '').toString()).toBe('A');
  });
});
