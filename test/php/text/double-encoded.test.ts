// Double encoding: undone where it can be, and nothing else touched.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repairDoubleEncoded } from '../../../src/php/text/double-encoded.ts';

/** As MySQL reads bytes that it takes for its latin1. */
function twice(text: string): string {
  return [...Buffer.from(text)].map((byte) => CP1252.get(byte) ?? String.fromCharCode(byte)).join('');
}

const CP1252 = new Map(
  Object.entries({
    80: '€',
    82: '‚',
    83: 'ƒ',
    84: '„',
    85: '…',
    86: '†',
    87: '‡',
    88: 'ˆ',
    89: '‰',
    '8a': 'Š',
    '8b': '‹',
    '8c': 'Œ',
    '8e': 'Ž',
    91: '‘',
    92: '’',
    93: '“',
    94: '”',
    95: '•',
    96: '–',
    97: '—',
    98: '˜',
    99: '™',
    '9a': 'š',
    '9b': '›',
    '9c': 'œ',
    '9e': 'ž',
    '9f': 'Ÿ',
  }).map(([hex, character]) => [Number.parseInt(hex, 16), character]),
);

test.each([
  ['cafÃ© â‚¬', 'café €'],
  ['ðŸŒ³', '🌳'],
  ['café', 'café'],
  ['plain', 'plain'],
  ['', ''],
  ['東京', '東京'],
  ['Ã', 'Ã'],
])('makes of %j %j', (text, repaired) => {
  expect(repairDoubleEncoded(text)).toBe(repaired);
});

test('undoes whatever a connection of the wrong character set did to UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(repairDoubleEncoded(twice(text))).toBe(text);
    }),
  );
});
