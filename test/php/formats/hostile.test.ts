// Payloads of a mebibyte that are known to bring decoders down. What took quadratic time would take minutes.
import { describe, expect, test } from 'vitest';
import { fastlzDecompress } from '../../../src/php/formats/fastlz.ts';
import { igbinaryDecode } from '../../../src/php/formats/igbinary.ts';
import { decodeItem } from '../../../src/php/formats/memcached-item.ts';
import { msgpackDecode } from '../../../src/php/formats/msgpack.ts';
import { decodeSession, SESSION_FORMATS } from '../../../src/php/formats/session-format.ts';
import { unserialize } from '../../../src/php/formats/unserialize.ts';
import { jsonDecode } from '../../../src/php/json/decode.ts';

const SIZE = 1 << 20;
/** Milliseconds. Linear work takes a few dozen. */
const DEADLINE = 2000;

function fill(part: string): string {
  return part.repeat(Math.floor(SIZE / part.length));
}

function inTime(work: () => unknown): void {
  const start = performance.now();
  work();
  expect(performance.now() - start).toBeLessThan(DEADLINE);
}

const SESSIONS: [string, string][] = [
  ['deep nesting', fill('a:1:{i:0;')],
  ['deep objects', fill('O:1:"A":1:{s:1:"a";')],
  ['a huge count', 'a:99999999:{'],
  ['many huge counts', fill('a:99999999:{i:0;')],
  ['counts as large as what is left', fill('a:1000:{i:0;')],
  ['a long integer', `i:${fill('1')};`],
  ['a long float', `d:${fill('1')};`],
  ['a long length', `s:${fill('1')}:"`],
  ['a number without end', `i:${fill('1')}`],
  ['many signs', `i:${fill('-')};`],
  ['a long class', `O:${SIZE}:"${fill('\\')}":0:{}`],
  ['a long enum', `E:${SIZE}:"${fill(':')}";`],
  ['many references', `a:${Math.floor(SIZE / 14)}:{${fill('i:0;R:1;i:1;N;')}}`],
  ['one array under one key', `a:${Math.floor(SIZE / 8)}:{${fill('i:0;R:1;')}}`],
  ['many names', fill('a|N;')],
  ['many bars', fill('|')],
  ['many names without values', fill('a|')],
  ['a name without end', fill('a')],
  ['bytes that are not UTF-8', `s:${SIZE}:"${fill('\xff')}";`],
  ['many strings that are not UTF-8', `a:65536:{${'i:0;s:1:"\xff";'.repeat(65536)}}`],
];

describe('sessions and serialize()', () => {
  test.each(SESSIONS)('%s', (_, text) => {
    const bytes = Buffer.from(text, 'latin1');
    inTime(() => unserialize(bytes));
    for (const format of SESSION_FORMATS)
      inTime(() => decodeSession(Buffer.from(`a|${text}`, 'latin1'), format));
    inTime(() => decodeSession(Buffer.from(`\x01a${text}`, 'latin1'), 'php_binary'));
  });
});

const LONG_STRING = `\x13\0\x08\0\0${'\xff'.repeat(1 << 19)}`;

describe('igbinary', () => {
  test.each<[string, string]>([
    ['deep nesting', fill('\x14\x01\x06\0')],
    ['references in references', fill('\x25')],
    ['huge counts', fill('\x16\xff\xff\xff\xff')],
    ['one long name that is not UTF-8 under many keys', `\x15\xff\xff${LONG_STRING}\0${fill('\x0e\0\0')}`],
    ['one long string many times', `\x15\xff\xff\x06\0${LONG_STRING}${fill('\x06\0\x0e\0')}`],
    ['one array many times', `\x16\0\x04\0\0\x06\0\x14\0${fill('\x06\0\x01\x01')}`],
  ])('%s', (_, text) => {
    inTime(() => igbinaryDecode(Buffer.from(`\0\0\0\x02${text}`, 'latin1')));
  });
});

describe('msgpack', () => {
  test.each<[string, string]>([
    ['deep lists', fill('\x91')],
    ['deep maps', fill('\x81\x01')],
    ['huge counts', fill('\xdd\xff\xff\xff\xff')],
    [
      'one array as the inside of many objects',
      `\xdd\0\x01\0\0\xdc\xff\xff${'\x01'.repeat(65535)}${'\x82\xc0\xa1A\xc0\x82\xc0\x02\0\x02'.repeat(65535)}`,
    ],
    ['one array many times', `\xdd\0\x01\0\0\x91\x01${'\x82\xc0\x02\0\x02'.repeat(65535)}`],
  ])('%s', (_, text) => {
    inTime(() => msgpackDecode(Buffer.from(text, 'latin1')));
  });
});

describe('JSON', () => {
  test.each<[string, string]>([
    ['escapes by the million', `"${fill('\\n')}"`],
    ['a string without end', `"${fill('\\n')}`],
    ['deep nesting', fill('[')],
    ['deep objects', fill('{"a":')],
    ['a long integer', fill('1')],
    ['a long fraction', `0.${fill('1')}`],
    ['spaces', fill(' ')],
    ['a long word', fill('t')],
    ['many strings', `[${fill('"",')}1]`],
  ])('%s', (_, text) => {
    inTime(() => jsonDecode(text));
  });

  test('reads a string of more escapes than a pattern could hold', () => {
    expect(jsonDecode(`"${'\\n'.repeat(1 << 23)}"`)).toHaveLength(1 << 23);
  });
});

describe('compressed items', () => {
  test('FastLZ that never ends', () => {
    inTime(() => fastlzDecompress(Buffer.from(`\x20A${fill('\xe0\xff\0')}`, 'latin1'), 1 << 24));
    inTime(() => fastlzDecompress(Buffer.from(fill('\xff'), 'latin1'), 1 << 24));
  });

  test('lengths that nothing stands behind', () => {
    inTime(() => {
      for (let i = 0; i < 10_000; i++) decodeItem(0x50, Buffer.from('\xff\xff\xff\0\0A', 'latin1'));
    });
  });
});
