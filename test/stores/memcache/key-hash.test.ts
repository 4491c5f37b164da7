// The hashes, held against PHP's own where PHP has them. Those of C's signed char are in test/e2e/stores/placement.test.ts.
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../../src/php/value.ts';
import { crc32, keyHash, keyHashNames } from '../../../src/stores/memcache/key-hash.ts';
import { askPhp } from '../../php/oracle/php.ts';
import { anyString, sample } from '../../php/oracle/values.ts';

const keys = sample(anyString);

describe('where char is unsigned', () => {
  test.each([
    ['default', 'joaat'],
    ['fnv1_32', 'fnv132'],
    ['fnv1a_32', 'fnv1a32'],
    ['fnv1_64', 'fnv164'],
  ] as const)('%s is what PHP calls %s', (name, php) => {
    const theirs = askPhp(`return substr(hash('${php}', $in), -8);`, keys);
    expect(keys.map((key) => hexOf(keyHash(name, false)(bytesOf(key))))).toEqual(theirs);
  });
});

test('the CRC-32 is PHP’s', () => {
  const theirs = askPhp('return hash("crc32b", $in);', keys);
  expect(keys.map((key) => hexOf(crc32(bytesOf(key))))).toEqual(theirs);
});

test.each(keyHashNames)(
  '%s gives 32 bits without a sign, and is the same for ASCII on any machine',
  (name) => {
    for (const key of keys.map(bytesOf)) {
      const [signed, unsigned] = [keyHash(name, true)(key), keyHash(name, false)(key)];
      expect(Number.isInteger(signed) && signed >= 0 && signed < 2 ** 32).toBe(true);
      if (key.every((byte) => byte < 0x80)) expect(signed).toBe(unsigned);
    }
  },
);

function hexOf(hash: number): string {
  return hash.toString(16).padStart(8, '0');
}
