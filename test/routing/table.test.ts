// Which route a request meets, and what its parameters are.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildTable, type Table } from '../../src/routing/table.ts';
import { ask, type Extras, match, nameOf, spec, table } from './patterns.ts';

const UUID = '123e4567-e89b-12d3-a456-426614174000';

describe('methods', () => {
  const methods = table({
    page: 'GET /page',
    form: 'POST,PUT /page',
    rest: 'ANY /page',
    own: 'HEAD /own',
    get: 'GET /own',
  });

  test.each([
    ['GET /page', 'page'],
    ['POST /page', 'form'],
    ['PUT /page', 'form'],
    ['DELETE /page', 'rest'],
    ['HEAD /page', 'page'],
    ['HEAD /own', 'own'],
    ['GET /own', 'get'],
    ['POST /own', undefined],
  ])('%s meets %s', (request, name) => {
    expect(nameOf(methods, request)).toBe(name);
  });

  test('HEAD falls to ANY where no GET is declared', () => {
    expect(nameOf(table({ any: 'ANY /x', post: 'POST /x' }), 'HEAD /x')).toBe('any');
  });

  test('a method that no pattern at the literal takes is sought further', () => {
    const where = table({ literal: 'GET /a/b', parameter: 'POST /a/:x' });
    expect(nameOf(where, 'POST /a/b')).toBe('parameter');
  });
});

describe('paths', () => {
  const types = table({
    literal: 'GET /p/7',
    uuid: 'GET /p/:v<uuid>',
    int: 'GET /p/:v<int>',
    hex: 'GET /p/:v<hex>',
    slug: 'GET /p/:v<slug>',
    plain: 'GET /p/:v',
    tail: 'GET /p/*',
  });

  test.each([
    ['/p/7', 'literal'],
    [`/p/${UUID}`, 'uuid'],
    ['/p/8', 'int'],
    ['/p/8a', 'hex'],
    ['/p/8z', 'slug'],
    ['/p/8.z', 'plain'],
    ['/p/8/z', 'tail'],
    ['/p/', 'tail'],
    ['/p', undefined],
  ])('%s meets %s: the more specific segment wins', (path, name) => {
    expect(nameOf(types, `GET ${path}`)).toBe(name);
  });

  test('the leftmost segment decides, not the number of literals', () => {
    const where = table({ left: 'GET /a/:x/:y', right: 'GET /:x/b/c' });
    expect(nameOf(where, 'GET /a/b/c')).toBe('left');
  });

  test('a dead end is left again: matching backtracks', () => {
    const where = table({ deep: 'GET /a/b/c', wide: 'GET /a/:x/d', tail: 'GET /*' });
    expect(nameOf(where, 'GET /a/b/d')).toBe('wide');
    expect(nameOf(where, 'GET /a/b/e')).toBe('tail');
  });

  test('parameters of a dead end are forgotten', () => {
    const where = table({ dead: 'GET /:a<int>/:b<int>/x', live: 'GET /:c/:d/y' });
    expect(match(where, 'GET /1/2/y')?.parameters).toEqual({ c: '1', d: '2' });
  });

  test('a parameter takes no empty segment', () => {
    expect(nameOf(table({ page: 'GET /p/:v' }), 'GET /p/')).toBeUndefined();
  });

  test('a trailing slash is another path', () => {
    const where = table({ without: 'GET /cart', with: 'GET /cart/' });
    expect([nameOf(where, 'GET /cart'), nameOf(where, 'GET /cart/')]).toEqual(['without', 'with']);
  });

  test('case matters', () => {
    expect(nameOf(table({ cart: 'GET /cart' }), 'GET /Cart')).toBeUndefined();
  });
});

describe('tails', () => {
  const tails = table({ admin: 'ANY /admin/*', root: 'GET /' });

  test.each<[string, string | undefined]>([
    ['/admin/', ''],
    ['/admin/x', 'x'],
    ['/admin/x/y', 'x/y'],
    ['/admin/x/', 'x/'],
    ['/admin', undefined],
    ['/administration', undefined],
  ])('/admin/* and %s: the rest is %s', (path, rest) => {
    expect(match(tails, `GET ${path}`)?.parameters['*']).toBe(rest);
  });

  test('/* takes everything, the root too', () => {
    const where = table({ all: 'ANY /*' });
    expect([nameOf(where, 'GET /'), nameOf(where, 'PUT /a/b')]).toEqual(['all', 'all']);
  });

  test('the root is met by / alone', () => {
    expect([nameOf(tails, 'GET /'), nameOf(tails, 'GET /x')]).toEqual(['root', undefined]);
  });
});

describe('parameters', () => {
  test('are decoded once', () => {
    expect(match(table({ p: 'GET /:a/*' }), 'GET /caf%C3%A9/x%2Fy/%2541')?.parameters).toEqual({
      a: 'café',
      '*': 'x/y/%41',
    });
  });

  test('are strings, however they look', () => {
    expect(match(table({ p: 'GET /:id<int>' }), 'GET /007')?.parameters).toEqual({ id: '007' });
  });

  test('inherit no name, so that none is taken', () => {
    const parameters = match(table({ p: 'GET /:__proto__/:constructor' }), 'GET /a/b')?.parameters;
    expect(Object.entries(parameters ?? {})).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    const none = match(table({ p: 'GET /' }), 'GET /')?.parameters ?? {};
    expect(['__proto__', 'constructor', 'toString', 'hasOwnProperty'].filter((name) => name in none)).toEqual(
      [],
    );
  });

  test('keep the names that each pattern gives them', () => {
    const where = table({ one: 'GET /:a/x', two: 'GET /:b/y' });
    expect(match(where, 'GET /1/y')?.parameters).toEqual({ b: '1' });
  });
});

describe('query conditions', () => {
  const index = table({
    search: 'GET /index.php?page=search',
    product: 'GET /index.php?page=product&id=:id<int>',
    home: 'GET /index.php?!page',
    empty: 'GET /index.php?page=',
    other: 'GET /index.php?page',
    legacy: 'ANY /index.php',
  });

  test.each([
    ['page=search', 'search'],
    ['q=fig&page=search', 'search'],
    ['page=%73earch', 'search'],
    ['page=product&id=7', 'product'],
    ['page=product', 'other'],
    ['page=product&id=', 'other'],
    ['page=product&id=x', 'other'],
    ['page=product&id[]=7', 'other'],
    ['page=cart&page=search', 'search'],
    ['page=search&page=cart', 'other'],
    ['page=', 'empty'],
    ['page', 'empty'],
    ['page[]=search', 'other'],
    ['PAGE=search', 'home'],
    ['q=1', 'home'],
    ['', 'home'],
    ['+page=search', 'search'],
    ['page%00x=search', 'search'],
  ])('?%s meets %s', (query, name) => {
    expect(nameOf(index, `GET /index.php?${query}`)).toBe(name);
  });

  test('no query at all is an empty one', () => {
    expect(nameOf(index, 'GET /index.php')).toBe('home');
  });

  test('a captured value is decoded as PHP decodes it', () => {
    const where = table({ tag: 'GET /?tag=:tag' });
    expect(match(where, 'GET /?tag=a+b%26c')?.parameters).toEqual({ tag: 'a b&c' });
  });

  test('a value that is not UTF-8 equals no text', () => {
    expect(nameOf(table({ a: 'GET /?x=caf%C3%A9' }), 'GET /?x=caf%E9')).toBeUndefined();
  });

  test('a name that PHP changes can be written as PHP has it', () => {
    expect(nameOf(table({ a: 'GET /?a_b=1' }), 'GET /?a.b=1')).toBe('a');
  });

  test('names of Object.prototype are names like others', () => {
    const where = table({ a: 'GET /?constructor', b: 'GET /?!constructor' });
    expect([nameOf(where, 'GET /?constructor=1'), nameOf(where, 'GET /')]).toEqual(['a', 'b']);
  });
});

describe('array names', () => {
  const fields = table({
    element: 'GET /?f[a]=1',
    first: 'GET /?f[0]=1&!f[a]',
    deep: 'GET /?f[a][b]=:x<int>',
    absent: 'GET /?!f',
    present: 'GET /?f',
  });

  test.each([
    ['f[a]=1', 'element'],
    ['f%5Ba%5D=1', 'element'],
    ['f[a]=2&f[a]=1', 'element'],
    ['f[]=1', 'first'],
    ['f[0]=1', 'first'],
    ['f[a][b]=7', 'deep'],
    ['f[a][b]=x', 'present'],
    ['f[b]=1', 'present'],
    ['f=1', 'present'],
    ['f', 'present'],
    ['', 'absent'],
    ['g[f]=1', 'absent'],
  ])('?%s meets %s', (query, name) => {
    expect(nameOf(fields, `GET /?${query}`)).toBe(name);
  });
});

describe('hosts', () => {
  const hosts = table({
    shop: 'GET shop.example.com/cart',
    below: 'GET *.example.com/cart',
    deeper: 'GET *.eu.example.com/cart',
    any: 'GET /cart',
    tail: 'ANY shop.example.com/*',
    other: 'GET /other/:x',
  });

  test.each([
    ['shop.example.com/cart', 'shop'],
    ['www.example.com/cart', 'below'],
    ['a.b.example.com/cart', 'below'],
    ['a.eu.example.com/cart', 'deeper'],
    ['eu.example.com/cart', 'below'],
    ['example.com/cart', 'any'],
    ['badexample.com/cart', 'any'],
    ['/cart', 'any'],
    ['shop.example.com/x', 'tail'],
    ['shop.example.com/other/1', 'tail'],
    ['www.example.com/other/1', 'other'],
  ])('%s meets %s', (target, name) => {
    expect(nameOf(hosts, `GET ${target}`)).toBe(name);
  });

  test('a host that takes no path of the request leaves it to the next one', () => {
    const where = table({ host: 'GET a.example/x', any: 'GET /:y' });
    expect(nameOf(where, 'GET a.example/z')).toBe('any');
  });
});

describe('enumerated parameters and text around parameters', () => {
  const shop = table({
    literal: 'GET /de/feed',
    lang: 'GET /:lang<de|fr>/:page',
    other: 'GET /:lang<fr|it>/:page/x',
    slug: 'GET /:any<slug>/:page',
    product: 'GET /:slug-p-:id<int>.html',
    category: 'GET /:slug-c-:id<int>.html',
    html: 'GET /:name.html',
    keyword: 'GET /blue-:name.html',
  });

  test.each<[string, string | undefined, object?]>([
    ['/de/feed', 'literal'],
    ['/de/x', 'lang', { lang: 'de', page: 'x' }],
    ['/fr/y', 'lang', { lang: 'fr', page: 'y' }],
    ['/fr/y/x', 'other', { lang: 'fr', page: 'y' }],
    ['/it/y', 'slug', { any: 'it', page: 'y' }],
    ['/red-shoes-p-7.html', 'product', { slug: 'red-shoes', id: '7' }],
    ['/a-p-1-c-2.html', 'category', { slug: 'a-p-1', id: '2' }],
    ['/x.html', 'html', { name: 'x' }],
    ['/blue-x.html', 'keyword', { name: 'x' }],
    ['/blue-p-7.html', 'keyword', { name: 'p-7' }],
    ['/caf%C3%A9-p-7.html', 'product', { slug: 'café', id: '7' }],
    ['/.html', undefined],
  ])('%s meets %s', (path, name, parameters) => {
    const found = match(shop, `GET ${path}`);
    expect(found?.route.name).toBe(name);
    if (parameters) expect(found?.parameters).toEqual(parameters);
  });

  test('what ties at one segment is told apart by the next', () => {
    const where = table({ front: 'GET /a-:x/:y', back: 'GET /:x-b/z', values: 'GET /:l<a-b|c>/w' });
    expect(['/a-b/z', '/a-b/w', '/c-b/z'].map((path) => nameOf(where, `GET ${path}`))).toEqual([
      'back',
      'front',
      'back',
    ]);
    expect(nameOf(where, 'GET /c/w')).toBe('values');
  });
});

describe('body', () => {
  const ajax = table({
    count: { match: 'POST /ajax.php', body: { action: 'count' } },
    item: { match: 'POST /ajax.php', body: { action: 'count', 'item[id]': '7' } },
    special: { match: 'POST /ajax.php?special', body: { action: 'count' } },
    rest: 'POST /ajax.php',
    plain: 'POST /plain.php',
  });

  test.each([
    ['action=count', 'count'],
    ['action=count&item[id]=7', 'item'],
    ['action=count&item[id]=8', 'count'],
    ['action=other&action=count', 'count'],
    ['action[]=count', 'rest'],
    ['', 'rest'],
  ])('%s meets %s', (body, name) => {
    expect(nameOf(ajax, 'POST /ajax.php', { body })).toBe(name);
  });

  test('conditions on the query come first', () => {
    expect(nameOf(ajax, 'POST /ajax.php?special', { body: 'action=count&item[id]=7' })).toBe('special');
  });

  test('one that has not been read is asked for, where it may decide', () => {
    const unread = { isUnread: true };
    expect(ask(ajax, 'POST /ajax.php', unread).kind).toBe('needs-body');
    expect(ask(ajax, 'POST /plain.php', unread).kind).toBe('matched');
    expect(ask(ajax, 'GET /ajax.php', unread).kind).toBe('undeclared');
  });

  test('one that cannot be read meets no condition', () => {
    expect(nameOf(ajax, 'POST /ajax.php', { body: null })).toBe('rest');
  });
});

describe('when', () => {
  const where = table({
    ajax: { match: 'GET /x', when: ['header x-requested-with=XMLHttpRequest'] },
    mobile: { match: 'GET /x', when: ['header user-agent~Mobile', 'header !x-requested-with'] },
    beta: { match: 'GET /y', when: ['cookie beta'] },
    plain: 'GET /y?!q',
    rest: 'GET /y',
  });

  test.each<[string, Extras, string | undefined]>([
    ['GET /x', { headers: { 'x-requested-with': 'XMLHttpRequest' } }, 'ajax'],
    ['GET /x', { headers: { 'x-requested-with': 'xmlhttprequest' } }, undefined],
    ['GET /x', { headers: { 'user-agent': 'A Mobile B' } }, 'mobile'],
    ['GET /x', { headers: { 'user-agent': 'Mobile', 'x-requested-with': '1' } }, undefined],
    ['GET /x', {}, undefined],
    ['GET /y?q', { cookies: { beta: '' } }, 'beta'],
    ['GET /y', { cookies: { beta: '1' } }, 'plain'],
    ['GET /y?q', {}, 'rest'],
  ])('%s with %j meets %s', (request, extras, name) => {
    expect(nameOf(where, request, extras)).toBe(name);
  });
});

describe('a last slash and the case of letters', () => {
  const routes = { cart: 'GET /Cart/', admin: 'ANY /admin/*', lang: 'GET /:l<DE|FR>-x/:Name', root: 'GET /' };

  test.each([
    ['/Cart', 'cart'],
    ['/Cart/', 'cart'],
    ['/cart', undefined],
    ['/admin', 'admin'],
    ['/admin/', 'admin'],
    ['/admin/x/', 'admin'],
    ['/', 'root'],
  ])('without regard to a last slash, %s meets %s', (path, name) => {
    const where = table(routes, { paths: { trailingSlash: 'ignore', case: 'strict' } });
    expect(nameOf(where, `GET ${path}`)).toBe(name);
  });

  test.each([
    ['/cart/', 'cart'],
    ['/CART/', 'cart'],
    ['/cart', undefined],
    ['/ADMIN/x', 'admin'],
    ['/de-X/y', 'lang'],
  ])('without regard to case, %s meets %s', (path, name) => {
    const where = table(routes, { paths: { trailingSlash: 'strict', case: 'ignore' } });
    expect(nameOf(where, `GET ${path}`)).toBe(name);
  });

  test('parameters keep the case in which they came, and what a tail took its last slash', () => {
    const where = table(routes, { paths: { trailingSlash: 'ignore', case: 'ignore' } });
    expect(match(where, 'GET /De-X/CamelCase/')?.parameters).toEqual({ l: 'De', Name: 'CamelCase' });
    expect(match(where, 'GET /Admin/X/')?.parameters).toEqual({ '*': 'X/' });
    expect(match(where, 'GET /admin')?.parameters).toEqual({ '*': '' });
  });

  test('other letters than ASCII keep their case', () => {
    const where = table({ a: 'GET /é' }, { paths: { trailingSlash: 'strict', case: 'ignore' } });
    expect([nameOf(where, 'GET /%c3%a9'), nameOf(where, 'GET /%C3%89')]).toEqual(['a', undefined]);
  });
});

describe('thousands of routes at one place', () => {
  const numbers = Array.from({ length: 3_000 }, (_, index) => index);
  const many = table({
    ...Object.fromEntries(numbers.map((n) => [`q${n}`, `GET /index.php?page=p${n}`])),
    ...Object.fromEntries(numbers.map((n) => [`qa${n}`, `GET /index.php?page=p${n}&action=edit`])),
    ...Object.fromEntries(
      numbers.map((n) => [`b${n}`, { match: 'POST /ajax.php', body: { action: `a${n}` } }]),
    ),
    ...Object.fromEntries(numbers.map((n) => [`k${n}`, `GET /key-${n}-:id<int>.html`])),
    ...Object.fromEntries(numbers.map((n) => [`e${n}`, `GET /by/:name-${n}.html`])),
    three: 'GET /index.php?lang=de&view=full&mode=print',
    captured: 'GET /index.php?page=:page',
    rest: 'GET /index.php',
  });

  test.each<[string, string, string?]>([
    ['GET /index.php?page=p2999', 'q2999'],
    ['GET /index.php?page=p7&action=edit', 'qa7'],
    ['GET /index.php?page=p7&action=show', 'q7'],
    ['GET /index.php?page=p7&action=edit&lang=de&view=full&mode=print', 'three'],
    ['GET /index.php?page=none', 'captured'],
    ['GET /index.php?page[]=p7', 'rest'],
    ['POST /ajax.php', 'b1234', 'action=a1234'],
    ['GET /key-1234-5.html', 'k1234'],
    ['GET /by/some-thing-77.html', 'e77'],
  ])('%s meets %s', (request, name, body) => {
    expect(nameOf(many, request, { body: body ?? null })).toBe(name);
  });
});

test('`also` leads to the same route, with the parameters of its own pattern', () => {
  const where = table({ product: ['GET /products/:id<int>', 'GET /index.php?page=product&id=:id<int>'] });
  expect(match(where, 'GET /index.php?page=product&id=8')).toMatchObject({
    route: { name: 'product' },
    parameters: { id: '8' },
  });
});

test('a table knows its revision and its routes by name', () => {
  const where = table({ a: 'GET /a', b: 'GET /b' });
  expect([where.revision, [...where.routes.keys()]]).toEqual(['r1', ['a', 'b']]);
});

describe('conflicts', () => {
  test.each([
    [{ a: 'GET /x', b: 'GET /x' }],
    [{ a: 'GET /:x', b: 'GET /:y' }],
    [{ a: 'GET /x/*', b: 'GET,POST /x/*' }],
    [{ a: 'GET /x?a=1', b: 'GET /x?b=1' }],
    [{ a: ['GET /1', 'GET /x'], b: 'GET /x' }],
    [{ a: 'GET /%61', b: 'GET /a' }],
  ])('%j tie', (routes) => {
    const result = buildTable(spec(routes));
    expect(result).toMatchObject({
      ok: false,
      problems: [{ code: 'route-conflict', message: expect.stringMatching(/^b .* and a /) }],
    });
  });

  test.each([
    [{ a: 'GET /x', b: 'POST /x' }],
    [{ a: 'GET /x', b: 'HEAD /x' }],
    [{ a: 'GET /x', b: 'ANY /x' }],
    [{ a: 'GET /:x<int>', b: 'GET /:x<hex>' }],
    [{ a: 'GET /x/:y', b: 'GET /x/*' }],
    [{ a: 'GET /x?a=1', b: 'GET /x?a=2' }],
    [{ a: 'GET /x?a', b: 'GET /x?!a' }],
    [{ a: 'GET /x', b: 'GET /x/' }],
  ])('%j do not', (routes) => {
    expect(buildTable(spec(routes)).ok).toBe(true);
  });

  test('all pairs are named at once', () => {
    const result = buildTable(spec({ a: 'GET /x', b: 'GET /x', c: 'GET /x', d: 'GET /y', e: 'GET /y' }));
    const pairs = result.ok
      ? []
      : result.problems.map(({ message }) => message.match(/\b[a-e]\b/g)?.join(''));
    expect(pairs).toEqual(['ba', 'ca', 'cb', 'ed']);
  });

  test('a route may conflict with itself', () => {
    expect(buildTable(spec({ a: ['GET /x', 'GET /x'] })).ok).toBe(false);
  });
});

describe('the order in the file', () => {
  const segment = fc.constantFrom('a', 'b', '7', ':x', ':x<int>', ':x<slug>');
  const path = fc
    .tuple(
      fc.uniqueArray(segment, { maxLength: 3, selector: (text) => (text[0] === ':' ? ':' : text) }),
      fc.boolean(),
    )
    .map(([segments, tail]) => `/${[...segments, ...(tail ? ['*'] : [])].join('/')}`);
  const conditions = fc.constantFrom('', '?q', '?!q', '?q=1', '?q=:q<int>', '?q=1&r=2');
  const methods = fc.constantFrom('GET', 'POST', 'GET,POST', 'HEAD', 'ANY');
  const patterns = fc
    .tuple(methods, path, conditions)
    .map(([names, where, query]) => `${names} ${where}${query}`);
  const requests = fc
    .tuple(
      fc.constantFrom('GET', 'POST', 'HEAD', 'PUT'),
      fc.array(fc.constantFrom('a', 'b', '7', 'x.y', ''), { maxLength: 4 }),
      fc.constantFrom('', '?q', '?q=1', '?q=2', '?q=1&r=2', '?q[]=1'),
    )
    .map(([method, segments, query]) => `${method} /${segments.join('/')}${query}`);

  const met = (where: Table, request: string) => {
    const found = match(where, request);
    return { name: found?.route.name, parameters: found?.parameters };
  };

  test('never changes a match, nor whether there is a conflict', () => {
    const shuffled = fc
      .uniqueArray(patterns, { minLength: 2, maxLength: 8 })
      .chain((texts) =>
        fc.tuple(fc.constant(texts), fc.shuffledSubarray(texts, { minLength: texts.length })),
      );
    fc.assert(
      fc.property(shuffled, fc.array(requests, { minLength: 5, maxLength: 15 }), ([texts, others], asked) => {
        const [one, other] = [texts, others].map((list) =>
          buildTable(spec(Object.fromEntries(list.map((text) => [`route ${text}`, text])))),
        );
        expect(other?.ok).toBe(one?.ok);
        if (!one?.ok || !other?.ok) return;
        for (const request of asked) {
          expect(met(other.table, request)).toEqual(met(one.table, request));
        }
      }),
      { numRuns: 300 },
    );
  });
});
