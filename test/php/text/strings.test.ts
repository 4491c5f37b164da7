import { expect, it } from 'vitest';
import { hashEquals, trim, utf8Encode } from '../../../src/php/text/strings.ts';

it('trims what PHP trims, and no other white space', () => {
  expect(trim(' \t\n\r\0\vx y\v\0\r\n\t ')).toBe('x y');
  expect(trim('\u00a0x\f\ufeff')).toBe('\u00a0x\f\ufeff');
  expect(trim(' \n')).toBe('');
});

it('trims long runs of spaces in a moment', () => {
  const text = `x${' '.repeat(1_000_000)}x`;
  expect(trim(text)).toBe(text);
});

it('compares texts and bytes as bytes', () => {
  expect(hashEquals('süß', Buffer.from('süß'))).toBe(true);
  expect(hashEquals('a', 'b')).toBe(false);
  expect(hashEquals('a', 'ab')).toBe(false);
  expect(hashEquals('', '')).toBe(true);
});

it('reads Latin-1', () => {
  expect(utf8Encode(Uint8Array.of(0x53, 0xf6, 0x92))).toBe('Sö\u0092');
});
