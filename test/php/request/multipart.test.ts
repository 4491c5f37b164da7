// The header fields of multipart/form-data. Each case was asked of PHP 8.2 (`php -S`, `$_POST` and `$_FILES`).
import { describe, expect, test } from 'vitest';
import {
  isFileName,
  lastSegment,
  multipartBoundary,
  partType,
  readDisposition,
} from '../../../src/php/request/multipart.ts';

describe('readDisposition', () => {
  test.each<[string, string | undefined, string | undefined]>([
    ['form-data; name="a"', 'a', undefined],
    ['form-data; name="a"; filename="b.txt"', 'a', 'b.txt'],
    ['form-data; filename="b.txt"; name="a"', 'a', 'b.txt'],
    ['form-data; name=a; filename=b.txt', 'a', 'b.txt'],
    [`form-data; name='a'; filename='b;c.txt'`, 'a', 'b;c.txt'],
    ['FORM-DATA; NAME="a"', 'a', undefined],
    ['attachment; name="a"', 'a', undefined],
    ['form-data; name="a"; name="b"', 'b', undefined],
    ['form-data; name="a"; filename=""', 'a', ''],
    ['form-data; name="a"; filename="x\\"y;z.txt"', 'a', 'x"y;z.txt'],
    ['form-data; name="a"; filename="C:\\temp\\x.txt"', 'a', 'C:\\temp\\x.txt'],
    ['form-data; name="a"; filename="C:\\\\temp\\\\x.txt"', 'a', 'C:\\temp\\x.txt'],
    [`form-data; name="it\\'s"`, `it\\'s`, undefined],
    ['form-data; name="a%22"; filename="x%0d%0a.txt"', 'a%22', 'x%0d%0a.txt'],
    ['form-data; name="a\0b"; filename="x\0y"', 'a', 'x'],
    [`form-data; name="f"; filename*=UTF-8''%e2.txt`, 'f', undefined],
    ['form-data; name = "a"', undefined, undefined],
    ['form-data', undefined, undefined],
    ['', undefined, undefined],
    ['form-data; name="open', 'open', undefined],
  ])('%j has name %j and file name %j', (field, name, fileName) => {
    expect(readDisposition(field)).toEqual({ name, fileName });
  });

  test('takes linear time for what never closes', () => {
    const field = `form-data; name="${'\\"'.repeat(100_000)}`;
    expect(readDisposition(field).name).toHaveLength(100_000);
  });
});

test.each([
  ['../../../etc/passwd', 'passwd'],
  ['C:\\temp\\x.txt', 'x.txt'],
  ['a/b\\c', 'c'],
  ['plain', 'plain'],
  ['..', '..'],
  ['folder/', ''],
])('%j is called %j', (fileName, name) => {
  expect(lastSegment(fileName)).toBe(name);
});

test.each([
  ['docs', true],
  ['docs[]', true],
  ['docs[a][b]', true],
  ['do.cs x', true],
  ['docs[a', false],
  ['docs]', false],
  ['docs[a]b', false],
  ['docs[[a]]', false],
])('the name %j may be that of a file: %s', (name, may) => {
  expect(isFileName(name)).toBe(may);
});

test.each([
  ['multipart/form-data; boundary=B', 'B'],
  ['multipart/form-data; boundary="B; x"', 'B; x'],
  ['multipart/form-data; boundary=B, x', 'B'],
  ['multipart/form-data; charset=utf-8; BOUNDARY=B', 'B'],
  ['multipart/form-data', undefined],
  ['multipart/form-data; boundary=', undefined],
  ['multipart/form-data; boundary=; boundary=B', undefined],
])('the boundary of %j is %j', (type, boundary) => {
  expect(multipartBoundary(type)).toBe(boundary);
});

test('a boundary is looked for in linear time', () => {
  const began = performance.now();
  expect(multipartBoundary(`multipart/form-data; ${'boundary'.repeat(100_000)}`)).toBeUndefined();
  expect(performance.now() - began).toBeLessThan(1_000);
});

test.each([
  ['text/plain; charset=x', 'text/plain'],
  ['image/png', 'image/png'],
  [undefined, ''],
])('the type of %j is %j', (contentType, type) => {
  expect(partType(contentType)).toBe(type);
});
