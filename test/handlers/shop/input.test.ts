import { expect, it } from 'vitest';
import { integerOf, textOf, utf8Of } from '../../../src/handlers/shop/input.ts';

// What PHP 8.2 gives for (int) $text where ctype_digit($text), and the default otherwise.
it.each([
  ['7', 7n],
  ['007', 7n],
  ['0', 0n],
  ['9223372036854775807', 9223372036854775807n],
  ['9223372036854775808', 9223372036854775807n],
  [`${'0'.repeat(400)}5`, 5n],
  ['1'.repeat(309), 9223372036854775807n],
  ['9'.repeat(309), 0n],
  ['', -1n],
  ['-1', -1n],
  ['1.5', -1n],
  [' 1', -1n],
  ['1\n', -1n],
  ['٣', -1n],
  [['1'], -1n],
  [undefined, -1n],
  [Uint8Array.of(0xff), -1n],
])('reads %j as the integer %s', (value, integer) => {
  expect(integerOf(value, -1n)).toBe(integer);
});

it('takes what is missing or an array for no text', () => {
  expect(textOf({ q: 'fig' }, 'q')).toBe('fig');
  expect(textOf({ q: ['fig'] }, 'q')).toBe('');
  expect(textOf({}, 'q')).toBe('');
});

it('reads what is not UTF-8 as Latin-1', () => {
  expect(utf8Of('Söhne')).toBe('Söhne');
  expect(utf8Of(Uint8Array.of(0x53, 0xf6, 0x92))).toBe('Sö\u0092');
});
