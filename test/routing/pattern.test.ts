// What may stand in `match:`, and what is said about the rest.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePattern } from '../../src/routing/pattern.ts';
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

describe('hosts', () => {
  test.each([
    ['GET /', undefined],
    ['GET shop.example.com/', { kind: 'exact', name: 'shop.example.com' }],
    ['GET Shop.Example.COM/', { kind: 'exact', name: 'shop.example.com' }],
    ['GET *.example.com/', { kind: 'below', suffix: '.example.com' }],
    ['GET localhost/', { kind: 'exact', name: 'localhost' }],
    ['GET 10.0.0.1/', { kind: 'exact', name: '10.0.0.1' }],
    ['GET [::1]/', { kind: 'exact', name: '[::1]' }],
    ['GET my_shop.example/', { kind: 'exact', name: 'my_shop.example' }],
  ])('%s names its host', (text, host) => {
    expect(pattern(text).host).toEqual(host);
  });

  test('the path begins at the first slash', () => {
    expect(pattern('GET shop.example.com/a/b').segments).toHaveLength(2);
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

  const lang = { kind: 'parameter', name: 'lang', type: 'enum', values: ['de', 'fr'] };

  test('a parameter may take one of some values', () => {
    expect(pattern('GET /:lang<de|fr>').segments).toEqual([lang]);
  });

  test('values reach handlers as they are written', () => {
    const [segment] = pattern('GET /:a<café|caf%C3%A9s|x%20y>').segments;
    expect(segment).toMatchObject({ values: ['café', 'cafés', 'x y'] });
  });

  test.each<[string, readonly object[]]>([
    ['feed-:lang<de|fr>.xml', [{ kind: 'text', text: 'feed-' }, lang, { kind: 'text', text: '.xml' }]],
    [
      ':slug-p-:id<int>.html',
      [
        { kind: 'parameter', name: 'slug', type: 'plain', values: [] },
        { kind: 'text', text: '-p-' },
        { kind: 'parameter', name: 'id', type: 'int', values: [] },
        { kind: 'text', text: '.html' },
      ],
    ],
    [
      'café-:x',
      [
        { kind: 'text', text: 'caf%C3%A9-' },
        { kind: 'parameter', name: 'x', type: 'plain', values: [] },
      ],
    ],
    [
      ':x.',
      [
        { kind: 'parameter', name: 'x', type: 'plain', values: [] },
        { kind: 'text', text: '.' },
      ],
    ],
  ])('text may stand around parameters: %s', (text, parts) => {
    expect(pattern(`GET /${text}`).segments).toEqual([{ kind: 'mixed', parts }]);
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
    ['f[a][0]=1', { kind: 'equals', name: ['f', 'a', '0'], value: '1' }],
    ['f%5Ba%5D=1', { kind: 'equals', name: ['f', 'a'], value: '1' }],
    ['!f[a.b]', { kind: 'absent', name: ['f', 'a.b'] }],
    ['/welcome/index', { kind: 'present', name: ['/welcome/index'] }],
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

const TYPES = 'write :name or :name<int|slug|hex|uuid>';
const NAMES = 'use <int>, <slug>, <hex> or <uuid>, or the values: <de|fr>';
const DOTS = 'write it as it is after both are removed';
const NO_REGEX = 'write :name, :name<int> or :name<de|fr>; a character itself is written as %5B for [';

describe('errors', () => {
  test.each([
    ['', 'the match is empty', 'write METHODS PATH, such as GET /products/:id'],
    ['/cart', '"/cart" names no method', 'write GET /cart, or ANY /cart'],
    ['GET', '"GET" names no path', 'write it, such as GET /cart'],
    ['GET /a b', '"GET /a b" has a space too many', 'write METHODS PATH; a space in a path is %20'],
    ['GET, POST /x', '"GET, POST /x" has a space too many', 'write methods with commas alone: GET,POST /x'],
    ['GET POST /x', '"GET POST /x" has a space too many', 'write methods with commas alone: GET,POST /x'],
    ['GET /x HTTP/1.1', '"GET /x HTTP/1.1" has a space too many', 'leave out the version: GET /x'],
    ['GET /:l<de | fr>', '"GET /:l<de | fr>" has a space too many', 'write values without spaces: <de|fr>'],
  ])('of the whole: "%s": %s', (text, message, cure) => {
    expect(parsePattern(text, POSITION)).toEqual({ ok: false, message, cure });
  });

  test.each([
    ['get /', '"get" is not a method', 'did you mean GET?'],
    ['GET,post /', '"post" is not a method', 'did you mean POST?'],
    ['GTE /', '"GTE" is not a method', 'did you mean GET?'],
    ['GET|POST /', '"GET|POST" is not a method', 'write GET,POST'],
    ['ALL /', '"ALL" is not a method', 'write ANY'],
    ['* /', '"*" is not a method', 'write ANY'],
    ['GET, /', '"" is not a method', 'write methods in capitals: GET or GET,POST or ANY'],
    ['GET,ANY /', 'ANY stands among other methods', 'write ANY alone'],
  ])('of methods: "%s": %s', (text, message, cure) => {
    expect(parsePattern(text, POSITION)).toEqual({ ok: false, message, cure });
  });

  test.each([
    ['GET cart', 'the path "cart" does not begin with /', 'write GET /cart'],
    ['GET index.php?p=1', 'the path "index.php" does not begin with /', 'write GET /index.php?p=1'],
    [
      'GET shop.example.com',
      'the path "shop.example.com" does not begin with /',
      'write GET shop.example.com/',
    ],
    ['GET cart/view', '"cart" is not a host', 'write /cart/view for a path; a host has a dot in it'],
    ['GET index.php/x', '"index.php" is not a host', 'write /index.php/x for a path; a host has a dot in it'],
    ['GET :lang/x', '":lang" is not a host', 'write /:lang/x for a path; a host has a dot in it'],
    [
      'GET http://a.example/x',
      '"http://a.example/x" begins with a scheme',
      'leave http:// out: GET a.example/x',
    ],
    [
      'GET https://a.example',
      '"https://a.example" begins with a scheme',
      'leave https:// out: GET a.example/',
    ],
    ['GET a.example:8080/x', 'the host "a.example:8080" has a port', 'leave the port out: a.example/x'],
    ['GET */x', '"*" is not a host', 'leave * out: a match without a host takes any, /x'],
    ['GET www.*/x', '"www.*" is not a host', 'write the whole host, or *.example.com for all below one'],
    [
      'GET *a.example/x',
      '"*a.example" is not a host',
      'write the whole host, or *.example.com for all below one',
    ],
    [
      'GET a..example/x',
      '"a..example" is not a host',
      'write a host as it stands in the Host field, such as shop.example.com',
    ],
  ])('of hosts: "%s": %s', (text, message, cure) => {
    expect(parsePattern(text, POSITION)).toEqual({ ok: false, message, cure });
  });

  test.each([
    ['GET /a#b', 'a path has no fragment', 'leave out # and what follows'],
    ['GET /*/a', '* stands before the end', 'use * as the last segment only, :name for one segment'],
    ['GET /**', '** is not a segment', 'write *: it takes any number of segments'],
    ['GET /**/a', '** is not a segment', 'use * as the last segment only'],
    ['GET /a*', '* is only part of "a*"', 'name it: "a:name"; * alone takes whole segments'],
    ['GET /*.php', '* is only part of "*.php"', 'name it: ":name.php"; * alone takes whole segments'],
    ['GET /(.*)', '"(.*)" holds a regular expression', 'write :name for one segment, * for all that follow'],
    [
      'GET /:id.+',
      '":id.+" holds a regular expression',
      'write :name for one segment, * for all that follow',
    ],
    ['GET /[0-9]+', '"[0-9]+" holds a regular expression', NO_REGEX],
    ['GET /:id(\\d+)', '":id(\\d+)" holds a regular expression', NO_REGEX],
    ['GET /^a', '"^a" holds a regular expression', NO_REGEX],
    ['GET /a$', '"a$" holds a regular expression', NO_REGEX],
    ['GET /a|b', '"a|b" holds a regular expression', NO_REGEX],
    ['GET /:id(x)', '":id(x)" holds a regular expression', 'write :id<int>, or another type'],
    ['GET /{id}', '"{id}" is not a parameter here', 'write :id'],
    [
      'GET /$' + '{NAME}/x',
      '"$' + '{NAME}" holds a variable',
      'write the path out: addresses of upstreams alone take variables',
    ],
    ['GET /{id:[0-9]+}.html', '"{id:[0-9]+}.html" is not a parameter here', 'write :id.html'],
    ['GET /<id>', '"<id>" is not a parameter here', 'write :id'],
    ['GET /<int:id>', '"<int:id>" is not a parameter here', 'write :id<int>'],
    ['GET /a{b', '"a{b" holds a character that no path has', 'write { as %7B, } as %7D'],
    ['GET /a//b', 'the path has a dot segment or a double slash', DOTS],
    ['GET /a/../b', 'the path has a dot segment or a double slash', DOTS],
    ['GET /a/%2e%2E/b', 'the path has a dot segment or a double slash', DOTS],
    ['GET /a/.', 'the path has a dot segment or a double slash', DOTS],
    [`GET ${'/a'.repeat(101)}`, 'the path has 101 segments', 'write at most 100'],
  ])('of paths: "%s": %s', (text, message, cure) => {
    expect(parsePattern(text, POSITION)).toEqual({ ok: false, message, cure });
  });

  test.each([
    ['GET /:', '":" is not a parameter', TYPES],
    ['GET /:1a', '":1a" is not a parameter', TYPES],
    ['GET /:id<', '":id<" has no >', TYPES],
    ['GET /:id<int', '":id<int" has no >', TYPES],
    ['GET /a<b', '"a<b" is not a parameter', 'write < and > only around a type: :name<int>'],
    ['GET /:path*', '":path*" is not a parameter', 'write * alone for the rest of the path'],
    ['GET /:path+', '":path+" is not a parameter', 'write * alone for the rest of the path'],
    ['GET /:id?', '"/:id?" has an optional part', 'write one match with it and one without, under also:'],
    ['GET /:id?/x', '"/:id?/x" has an optional part', 'write one match with it and one without, under also:'],
    ['GET /:id<float>', '<float> is not a type', NAMES],
    ['GET /:id<>', '<> is not a type', NAMES],
    ['GET /:id<de>', '<de> is not a type', NAMES],
    ['GET /:id<itn>', '<itn> is not a type', 'did you mean <int>?'],
    ['GET /:id<number>', '<number> is not a type', 'did you mean <int>?'],
    ['GET /:id<constructor>', '<constructor> is not a type', NAMES],
    ['GET /:id<plain>', '<plain> is not a type', 'leave the type out: :name takes any one segment'],
    ['GET /:id<string>', '<string> is not a type', 'leave the type out: :name takes any one segment'],
    ['GET /:l<de|>', '<de|> has an empty value', 'write values between bars: <de|fr>'],
    ['GET /:l<de|de>', '"de" stands twice in <de|de>', 'keep one'],
    ['GET /:l<..|de>', '<..|de> has a dot segment', 'leave it out: no path has one'],
    ['GET /:a:b', 'nothing stands between :a and :b', 'put text between them, such as :a-:b, or a slash'],
    [
      'GET /:a-:b.html',
      '":a-:b.html" has two parameters without a type, :a and :b',
      'give all but one a type, such as :a<slug>',
    ],
    ['GET /:id/:id', 'the parameter :id stands twice', 'give each parameter its own name'],
    ['GET /:id-:id<int>', 'the parameter :id stands twice', 'give each parameter its own name'],
    ['GET /:id?x=:id', 'the parameter :id stands twice', 'give each parameter its own name'],
  ])('of parameters: "%s": %s', (text, message, cure) => {
    expect(parsePattern(text, POSITION)).toEqual({ ok: false, message, cure });
  });

  const NAMELESS = 'write ?name=value, ?name or ?!name';
  test.each([
    ['?', 'nothing stands after ?', 'leave ? out, or write ?!name for a parameter that is not there'],
    ['?=1', '"=1" names nothing', NAMELESS],
    ['?a&&b', '"" names nothing', NAMELESS],
    ['?!', '"!" names nothing', NAMELESS],
    ['?[a]=1', '"[a]" names nothing', NAMELESS],
    ['?!a=1', '"!a=1" forbids a value', 'write ?!name'],
    [
      '?a!=1',
      '"a!=1" is not a condition',
      'write ?!a for a parameter that is not there; another value cannot be excluded',
    ],
    ['?a.b=1', 'PHP knows no parameter "a.b"', 'write it as PHP has it: a_b'],
    ['?a%20b', 'PHP knows no parameter "a b"', 'write it as PHP has it: a_b'],
    ['?f[]=1', '"f[]" names no element', 'write its index, such as f[0]'],
    ['?f[a=1', '"f[a" is not an array\'s name', 'write it as PHP does: f[a] or f[a][b]'],
    ['?f[a]b=1', '"f[a]b" is not an array\'s name', 'write it as PHP does: f[a] or f[a][b]'],
    ['?a=%zz', '"%zz" has a broken % escape', 'write % as %25'],
    ['?id=:1', '":1" is not a parameter', TYPES],
    ['?a=:b-x', '":b-x" is not a parameter', `a query parameter is captured whole: ${TYPES}`],
    ['?a=*', '"a=*" asks for a star', 'write ?a for any value, ?a=:name to capture it, %2A for a star'],
    ['?a=1?b=2', 'a second ? stands in "a=1?b=2"', 'write & between conditions; ? itself is %3F'],
    ['?a=1|2', '"1|2" is one value', 'write ?a=:name<1|2> for several; | itself is %7C'],
    ['?a=1&a=1', 'the condition "a=1" stands twice', 'keep one'],
    [
      `?${Array.from({ length: 61 }, (_, index) => `a${index}`).join('&')}`,
      'the match has 61 conditions',
      'write at most 60',
    ],
  ])('of conditions: "%s": %s', (query, message, cure) => {
    expect(parsePattern(`GET /${query}`, POSITION)).toEqual({ ok: false, message, cure });
  });

  test('never throws, whatever is written', () => {
    const pieces = [
      'GET',
      ' ',
      '/',
      ':',
      'a',
      '<',
      '>',
      'int',
      '|',
      '*',
      '?',
      '=',
      '&',
      '!',
      '[',
      ']',
      '{',
      '}',
      '.',
      '-',
      '%',
      '%2e',
      '(',
      ')',
      '\\',
      '#',
      'é',
      '\ud800',
      'x.example',
    ];
    const texts = fc
      .array(fc.constantFrom(...pieces), { maxLength: 14 })
      .map((parts) => `GET ${parts.join('')}`);
    fc.assert(
      fc.property(texts, (text) => {
        const result = parsePattern(text, POSITION);
        if (!result.ok) expect(`${result.message}${result.cure}`).not.toMatch(/undefined|\[object/);
      }),
      { numRuns: 2000 },
    );
  });
});
