// The one form of a path that routes are matched on.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalPath, decodeCaptured, splitTarget } from '../../src/routing/canonical-path.ts';

const PIECES = [
  '/',
  '.',
  '..',
  '%',
  '%2',
  '%2e',
  '%2F',
  '%5C',
  '%25',
  '%e4',
  '%zz',
  'a',
  'Z',
  ';',
  '\\',
  '"',
];
const anyPath = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary-ascii', maxLength: 3 })), {
    maxLength: 12,
  })
  .map((pieces) => `/${pieces.join('')}`);

describe('canonicalPath', () => {
  test.each([
    ['/products/7', '/products/7', 'leaves a plain path as it is'],
    ['/%70roducts/%37', '/products/7', 'decodes letters and digits'],
    ['/a%2Db%2eC%5f%7E', '/a-b.C_~', 'decodes the other unreserved characters'],
    ['/a%2fb', '/a%2Fb', 'keeps an escaped slash, in upper case'],
    ['/a%5cb%00%3f%23', '/a%5Cb%00%3F%23', 'keeps other reserved bytes escaped'],
    ['/caf%C3%a9', '/caf%C3%A9', 'keeps UTF-8 bytes escaped, in upper case'],
    ['/caf\u00e9', '/caf%E9', 'escapes a raw byte that may not stand in a path'],
    ['/a"b<c>', '/a%22b%3Cc%3E', 'escapes characters that may not stand in a path'],
    ['/a\\b', '/a%5Cb', 'takes a backslash as a byte, not as a slash'],
    ['/100%', '/100%25', 'escapes a % that begins no escape'],
    ['/%zz%4', '/%25zz%254', 'escapes the % of a broken escape'],
    ['/%2570', '/%2570', 'does not decode twice'],
    ['//a///b//', '/a/b/', 'merges slashes'],
    ['/a/./b/../c', '/a/c', 'removes dot segments'],
    ['/a/%2e%2E/b', '/b', 'removes dot segments that were escaped'],
    ['/a//../b', '/b', 'merges slashes before it removes dot segments'],
    ['/../../x', '/x', 'stays below the root'],
    ['/a/b/..', '/a/', 'ends in a slash where the last segment was ..'],
    ['/a/.', '/a/', 'ends in a slash where the last segment was .'],
    ['/..', '/', 'is never empty'],
    ['/.well-known/...', '/.well-known/...', 'knows names that begin with dots from dot segments'],
    ["/a;b=1,c@d:e!$&'()*+", "/a;b=1,c@d:e!$&'()*+", 'keeps the characters that a path may hold'],
  ])('%s becomes %s: it %s', (raw, canonical) => {
    expect(canonicalPath(raw)).toBe(canonical);
  });

  test('is idempotent', () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        const once = canonicalPath(path);
        expect(canonicalPath(once)).toBe(once);
      }),
    );
  });

  test('holds no double slash, no dot segment and nothing but ASCII', () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        expect(canonicalPath(path)).toMatch(/^(?!.*\/\/)(?!.*\/\.{1,2}(?:\/|$))\/[\x21-\x7e]*$/);
      }),
    );
  });

  test('does not tell an escaped unreserved character from a plain one', () => {
    const escapeAll = (text: string) =>
      text.replace(/[a-z0-9]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
    fc.assert(
      fc.property(fc.stringMatching(/^(\/[a-z0-9]{1,5}){1,4}$/), (path) => {
        expect(canonicalPath(escapeAll(path))).toBe(path);
      }),
    );
  });
});

describe('splitTarget', () => {
  test.each<[string, string, string | undefined]>([
    ['/a', '/a', undefined],
    ['/a?', '/a', ''],
    ['/a?b=1?c', '/a', 'b=1?c'],
    ['?x', '', 'x'],
  ])('%s is split at the first ?', (target, path, query) => {
    expect(splitTarget(target)).toEqual({ path, query });
  });
});

describe('decodeCaptured', () => {
  test.each([
    ['plain', 'plain'],
    ['caf%C3%A9', 'café'],
    ['a%2Fb', 'a/b'],
    ['a+b', 'a+b'],
    ['%2541', '%41'],
    ['caf%E9', 'caf%E9'],
    ['%', '%'],
  ])('%s is decoded once to %s', (captured, decoded) => {
    expect(decodeCaptured(captured)).toBe(decoded);
  });
});
