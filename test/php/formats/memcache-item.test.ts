// Items as pecl/memcache (the extension without a d) writes them. Bytes follow its memcache_pool.c.
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  decodeMemcacheItem,
  isMemcacheString,
  unpackMemcacheItem,
} from '../../../src/php/formats/memcache-item.ts';
import type { PhpValue } from '../../../src/php/value.ts';

function decode(flags: number, body: string | Buffer) {
  return decodeMemcacheItem(flags, Buffer.from(body));
}

describe('decodeMemcacheItem', () => {
  test.each<[string, number, string | Buffer, PhpValue]>([
    ['a string', 0, '42', '42'],
    ['an empty string', 0, '', ''],
    ['bytes', 0, Buffer.from([0xff]), Buffer.from([0xff])],
    ['true', 0x100, '1', true],
    ['false', 0x100, '0', false],
    ['an integer', 0x300, '-7', -7],
    ['an integer beyond 2^53', 0x300, '9223372036854775807', 9223372036854775807n],
    ['an integer that decrement padded', 0x300, '99 ', 99],
    ['a float', 0x700, '0.1', 0.1],
    ['a large float', 0x700, '1.0e+25', 1e25],
    ['infinity', 0x700, '-INF', -Infinity],
    ['an array', 0x1, 'a:1:{i:0;N;}', new Map([[0, null]])],
    ['a compressed string', 0x2, deflateSync('fig '.repeat(9)), 'fig '.repeat(9)],
    ['a compressed array', 0x3, deflateSync('a:0:{}'), new Map()],
  ])('reads %s', (_, flags, body, value) => {
    expect(decode(flags, body)).toEqual({ ok: true, value });
  });

  test('reads the flags of the other extension as its own', () => {
    expect(decode(0x1, '42').ok).toBe(false);
    expect(decode(0x2, '1.5').ok).toBe(false);
  });

  test.each<[number, string]>([
    [0x300, ''],
    [0x300, '1.5'],
    [0x700, 'x'],
    [0x1, ''],
    [0x1, 'i:1;i:2;'],
    [0x2, ''],
    [0x2, 'garbage'],
    [0x500, '1'],
  ])('refuses flags %i with body %j', (flags, body) => {
    expect(decode(flags, body).ok).toBe(false);
  });

  test('stops unpacking at the limit', () => {
    const bomb = deflateSync(Buffer.alloc(1 << 20));
    expect(decodeMemcacheItem(2, bomb, 1000)).toMatchObject({ error: { code: 'too-large' } });
    expect(unpackMemcacheItem(2, bomb, 1 << 20).ok).toBe(true);
  });

  test('tells strings, which sessions are, from everything else', () => {
    expect([0, 2].every(isMemcacheString)).toBe(true);
    expect([1, 3, 0x100, 0x300, 0x700].some(isMemcacheString)).toBe(false);
  });
});
