// What may stand in `match:`, and what is said about the rest.
import { describe, expect, test } from 'vitest';
import { parameterTests, parsePattern } from '../../src/routing/pattern.ts';
import { pattern } from './patterns.ts';

const POSITION = { file: 'routes.yaml', line: 3, column: 12 };

describe('methods', () => {
  test.each<[string, readonly string[] | 'ANY']>([
    ['GET /', ['GET']],
    ['GET,POST /', ['GET', 'POST']],
    ['GET,GET /', ['GET']],
    ['M-SEARCH /', ['M-SEARCH']],
    ['ANY /', 'ANY'],
  ])('%s names its methods', (text, methods) => {
    expect(pattern(text).methods).toEqual(methods);
  });
});

describe('segments', () => {
  test('the root is one empty segment', () => {
    expect(pattern('GET /').segments).toEqual([{ kind: 'literal', text: '' }]);
  });

  test('a trailing slash is an empty segment at the end', () => {
    expect(pattern('GET /cart/').segments).toEqual([
      { kind: 'literal', text: 'cart' },
      { kind: 'literal', text: '' },
    ]);
  });

  test('literals are spelt as canonical paths are', () => {
    const texts = ['café', 'caf%c3%a9', '%61', 'a"b', '100%'];
    const spelt = texts.map((text) => pattern(`GET /${text}`).segments[0]);
    expect(spelt).toEqual(
      ['caf%C3%A9', 'caf%C3%A9', 'a', 'a%22b', '100%25'].map((text) => ({ kind: 'literal', text })),
    );
  });

  test.each(['int', 'slug', 'hex', 'uuid'] as const)('a parameter may be of type %s', (type) => {
    expect(pattern(`GET /:id<${type}>`).segments).toEqual([
      { kind: 'parameter', name: 'id', type, values: [] },
    ]);
  });

  test('a parameter without a type is plain', () => {
    expect(pattern('GET /:some_Name1').segments).toEqual([
      { kind: 'parameter', name: 'some_Name1', type: 'plain', values: [] },
    ]);
  });

  test('a * at the end takes the rest', () => {
    expect(pattern('GET /admin/*').segments).toEqual([{ kind: 'literal', text: 'admin' }, { kind: 'tail' }]);
  });
});

describe('conditions', () => {
  test.each<[string, object]>([
    ['page=search', { kind: 'equals', name: ['page'], value: 'search' }],
    ['page=', { kind: 'equals', name: ['page'], value: '' }],
    ['a_b=c+d%20e', { kind: 'equals', name: ['a_b'], value: 'c d e' }],
    ['eq=a=b', { kind: 'equals', name: ['eq'], value: 'a=b' }],
    [
      'id=:id<int>',
      {
        kind: 'captures',
        name: ['id'],
        parameter: { kind: 'parameter', name: 'id', type: 'int', values: [] },
      },
    ],
    [
      'id=:product',
      {
        kind: 'captures',
        name: ['id'],
        parameter: { kind: 'parameter', name: 'product', type: 'plain', values: [] },
      },
    ],
    ['q', { kind: 'present', name: ['q'] }],
    ['!action', { kind: 'absent', name: ['action'] }],
  ])('?%s is read', (query, condition) => {
    expect(pattern(`GET /index.php?${query}`).conditions).toEqual([condition]);
  });

  test('several conditions stand side by side', () => {
    const kinds = pattern('GET /?a=1&b=:b&c&!d').conditions.map(({ kind }) => kind);
    expect(kinds).toEqual(['equals', 'captures', 'present', 'absent']);
  });
});

test('a pattern keeps its text and where it stands', () => {
  const result = parsePattern('  GET   /cart ', POSITION);
  expect(result).toMatchObject({ ok: true, pattern: { text: 'GET   /cart', position: POSITION } });
});

const PHP_NAMES = 'write it as PHP does, with _ for a dot; arrays cannot be matched';

describe('errors', () => {
  test.each([
    ['', '"" is not a match', 'write METHODS PATH, such as GET /products/:id'],
    ['/cart', '"/cart" is not a match', 'write METHODS PATH, such as GET /products/:id'],
    ['GET /a b', '"GET /a b" is not a match', 'write METHODS PATH, such as GET /products/:id'],
    ['GET cart', 'the path "cart" does not begin with /', 'write it from the root, such as GET /cart'],
    ['get /', '"get" is not a method', 'write methods in capitals: GET or GET,POST or ANY'],
    ['GET, /', '"" is not a method', 'write methods in capitals: GET or GET,POST or ANY'],
    ['GET,ANY /', 'ANY stands among other methods', 'write ANY alone'],
    ['GET /a#b', 'a path has no fragment', 'leave out # and what follows'],
    ['GET /*/a', '* stands before the end', 'use * as the last segment only'],
    ['GET /a*', '"a*" mixes text with a parameter', 'let a parameter be a whole segment'],
    [
      'GET /feed-:lang.xml',
      '"feed-:lang.xml" mixes text with a parameter',
      'let a parameter be a whole segment',
    ],
    ['GET /:id.html', '":id.html" is not a parameter', 'write :name or :name<int|slug|hex|uuid>'],
    ['GET /:', '":" is not a parameter', 'write :name or :name<int|slug|hex|uuid>'],
    ['GET /:1a', '":1a" is not a parameter', 'write :name or :name<int|slug|hex|uuid>'],
    ['GET /:id<', '":id<" is not a parameter', 'write :name or :name<int|slug|hex|uuid>'],
    ['GET /:id<float>', '<float> is not a type', 'use <int>, <slug>, <hex> or <uuid>'],
    ['GET /:id<plain>', '<plain> is not a type', 'use <int>, <slug>, <hex> or <uuid>'],
    ['GET /:id<>', '<> is not a type', 'use <int>, <slug>, <hex> or <uuid>'],
    ['GET /a//b', 'the path has a dot segment or a double slash', 'write it as it is after both are removed'],
    [
      'GET /a/../b',
      'the path has a dot segment or a double slash',
      'write it as it is after both are removed',
    ],
    [
      'GET /a/%2e%2E/b',
      'the path has a dot segment or a double slash',
      'write it as it is after both are removed',
    ],
    ['GET /a/.', 'the path has a dot segment or a double slash', 'write it as it is after both are removed'],
    ['GET /?=1', '"=1" names nothing', 'write ?name=value, ?name or ?!name'],
    ['GET /?a&&b', '"" names nothing', 'write ?name=value, ?name or ?!name'],
    ['GET /?!', '"!" names nothing', 'write ?name=value, ?name or ?!name'],
    ['GET /?!a=1', '"!a=1" forbids a value', 'write ?!name'],
    ['GET /?a.b=1', 'PHP knows no query parameter "a.b"', PHP_NAMES],
    ['GET /?a%20b', 'PHP knows no query parameter "a b"', PHP_NAMES],
    ['GET /?f[a]=1', 'PHP knows no query parameter "f[a]"', PHP_NAMES],
    ['GET /?a=%zz', '"%zz" has a broken % escape', 'write % as %25'],
    ['GET /?id=:1', '":1" is not a parameter', 'write :name or :name<int|slug|hex|uuid>'],
    ['GET /:id/:id', 'the parameter :id stands twice', 'give each parameter its own name'],
    ['GET /:id?x=:id', 'the parameter :id stands twice', 'give each parameter its own name'],
  ])('"%s": %s', (text, message, cure) => {
    expect(parsePattern(text, POSITION)).toEqual({ ok: false, message, cure });
  });
});

describe('parameter types', () => {
  test.each<['int' | 'slug' | 'hex' | 'uuid', readonly string[], readonly string[]]>([
    ['int', ['0', '007', '18446744073709551616'], ['', '-1', '1.5', '1a', '１', '1\n']],
    ['slug', ['a', 'A_b-9', '-'], ['', 'a.b', 'a b', 'é', 'a\n']],
    ['hex', ['0', 'deadBEEF'], ['', 'g', '0x1', 'ab-cd']],
    [
      'uuid',
      ['123e4567-e89b-12d3-a456-426614174000', '123E4567-E89B-12D3-A456-426614174000'],
      ['123e4567e89b12d3a456426614174000', '123e4567-e89b-12d3-a456-42661417400', ''],
    ],
  ])('%s takes what it names and nothing else', (type, taken, refused) => {
    const takes = (text: string) => parameterTests[type]?.test(text);
    expect(taken.filter((text) => !takes(text))).toEqual([]);
    expect(refused.filter(takes)).toEqual([]);
  });
});
