// One reading of a path: what other servers make of it, and what becomes of requests that count on it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalPath, evenPath } from '../../src/routing/canonical-path.ts';
import { otherReadings } from '../../src/routing/readings.ts';
import type { Table } from '../../src/routing/table.ts';
import { ask, table, type Written } from './patterns.ts';

const readingsOf = (path: string) => otherReadings(evenPath(path));

describe('otherReadings', () => {
  test.each<[string, readonly string[]]>([
    ['/a/b', []],
    ['/a/%2e%2e/b', []],
    ['/caf%C3%A9', []],
    ['/100%', []],
    ['/a%2Fb', ['/a/b']],
    ['/a%2fb', ['/a/b']],
    ['/a%2F%2Fb', ['/a/b']],
    ['/a\\b', ['/a/b']],
    ['/a%5cb', ['/a/b']],
    ['/a;b=1/c', ['/a/c']],
    ['/a%3Bb', ['/a']],
    ['/a%00.html', ['/a']],
    ['/%00', ['/']],
    ['/a/..%2Fb', ['/b']],
    ['/a/..;/b', ['/b']],
    ['/a%2Fb/../c', ['/a/c']],
    ['/%2570', ['/p']],
    ['/a%252Fb', ['/a%2Fb', '/a/b']],
    ['/%25252e%25252e/x', ['/%252e%252e/x', '/x']],
    ['/a;x%2Fb', ['/a;x/b', '/a', '/a/b']],
    ['/a%2F..%5C..%2Fb', ['/a/..%5C../b', '/a%2F../..%2Fb', '/b']],
  ])('%s may be read as %j', (path, readings) => {
    expect(readingsOf(path)).toEqual(expect.arrayContaining([...readings]));
    if (readings.length < 2) expect(readingsOf(path)).toEqual(readings);
  });

  test('are canonical, and never the path itself', () => {
    const pieces = [
      '/',
      '..',
      '.',
      'a',
      ';',
      '%2F',
      '%5C',
      '\\',
      '%25',
      '2F',
      '%00',
      '%252e',
      '%3B',
      '//',
      'é',
    ];
    const paths = fc
      .array(fc.constantFrom(...pieces), { maxLength: 10 })
      .map((parts) => `/${parts.join('')}`);
    fc.assert(
      fc.property(paths, (path) => {
        for (const reading of readingsOf(path) ?? []) {
          expect(canonicalPath(reading)).toBe(reading);
          expect(reading).not.toBe(canonicalPath(path));
        }
      }),
    );
  });

  test('go to a fixed point: what a reading may be read as is one of them', () => {
    const pieces = ['/', '..', 'a', 'b', ';', '%2F', '%5C', '%252F', '%00', '%255C', '%3B'];
    const paths = fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((parts) => `/${parts.join('')}`);
    fc.assert(
      fc.property(paths, (path) => {
        const readings = readingsOf(path) ?? [];
        const all = new Set([canonicalPath(path), ...readings]);
        for (const reading of readings)
          for (const further of readingsOf(reading) ?? []) expect(all).toContain(further);
      }),
      { numRuns: 500 },
    );
  });

  test('are too many to try where a path is made of nothing else', () => {
    expect(readingsOf(`/%${'25'.repeat(200)}2F`)).toBeUndefined();
    expect(readingsOf(`/${'a;b%2F'.repeat(6_000)}`)).toBeUndefined();
  });
});

const HANDLER: Written['newSide'] = {
  ...{ kind: 'handler', key: 'a#default', module: 'a', exportName: 'default' },
  position: { file: 'routes.yaml', line: 1, column: 1 },
};

const shop = table({
  product: { match: 'GET /products/:id<int>', stage: 'new', newSide: HANDLER },
  search: { match: 'GET /search/:words', stage: 'new', newSide: HANDLER },
  files: { match: 'GET /files/*', stage: 'new', newSide: HANDLER },
  api: { match: 'GET /api/:name', stage: 'new', newSide: { kind: 'upstream', upstream: 'api' } },
  beta: { match: 'GET /beta/:name', stage: 'canary 5%', newSide: HANDLER },
  about: 'GET /about',
  page: 'GET /pages/:name',
  pages: 'GET /pages/*',
  admin: { match: 'ANY /admin/*', lock: 'legacy' },
  gone: { match: 'GET /export.php', stage: 'gone' },
});

/** `name`, `undeclared`, or `refuse: name instead of name`. */
function told(where: Table, request: string): string {
  const result = ask(where, request);
  if (result.kind === 'matched') return result.route.name;
  if (result.kind !== 'respelled') return result.kind;
  return `${result.answer}: ${result.other?.name} instead of ${result.canonical?.name}`;
}

describe('a declared route is not avoided by respelling its path', () => {
  test.each([
    ['/products/7', 'product'],
    ['/products/%37', 'product'],
    ['/%70roducts/7', 'product'],
    ['//products///7', 'product'],
    ['/x/../products/7', 'product'],
    ['/x/%2e%2E/products/7', 'product'],
    ['/products%2F7', 'refuse: product instead of undefined'],
    ['/products%2f7', 'refuse: product instead of undefined'],
    ['/products%5C7', 'refuse: product instead of undefined'],
    ['/products\\7', 'refuse: product instead of undefined'],
    ['/products/7;a=b', 'refuse: product instead of undefined'],
    ['/products;a=b/7', 'refuse: product instead of undefined'],
    ['/products/7%00', 'refuse: product instead of undefined'],
    ['/products/7%00.html', 'refuse: product instead of undefined'],
    ['/products/%2537', 'refuse: product instead of undefined'],
    ['/products%252F7', 'refuse: product instead of undefined'],
    ['/products%25252F7', 'refuse: product instead of undefined'],
    ['/products%255C7;x', 'refuse: product instead of undefined'],
    ['/x/..%2Fproducts/7', 'refuse: product instead of undefined'],
    ['/x/..;/products/7', 'refuse: product instead of undefined'],
    ['/x%2F..%5Cproducts%252F7%00', 'refuse: product instead of undefined'],
    ['/export%2ephp', 'gone'],
    ['/export.php;', 'refuse: gone instead of undefined'],
    ['/export.php%00', 'refuse: gone instead of undefined'],
    ['/%2561dmin/x', 'refuse: admin instead of undefined'],
    ['/admin;/x', 'refuse: admin instead of undefined'],
    ['/admin%2Fx', 'refuse: admin instead of undefined'],
  ])('%s: %s', (path, expected) => {
    expect(told(shop, `GET ${path}`)).toBe(expected);
  });
});

describe('a declared route does not lead to another one', () => {
  test.each([
    ['/api/..%2Fadmin%2Fx', 'refuse: admin instead of api'],
    ['/api/x%2F..%2F..%2Fadmin%2Fx', 'refuse: admin instead of api'],
    ['/api/..%5c..%5cadmin%5cx', 'refuse: admin instead of api'],
    ['/api/..%252fadmin%252fx', 'refuse: admin instead of api'],
    ['/api/x%2Fy', 'api'],
    ['/api/a;b=1', 'api'],
    ['/beta/..%2Fadmin%2Fx', 'refuse: admin instead of beta'],
    ['/admin/..%2Fabout', 'refuse: about instead of admin'],
    ['/admin/..;/about', 'refuse: about instead of admin'],
    ['/pages/..%2Fexport.php', 'refuse: gone instead of page'],
  ])('%s: %s', (path, expected) => {
    expect(told(shop, `GET ${path}`)).toBe(expected);
  });
});

describe("what a handler captured is nobody else's to read", () => {
  test.each([
    ['/search/a%2Fb', 'search'],
    ['/search/a;b', 'search'],
    ['/search/100%25', 'search'],
    ['/search/..%2Fadmin%2Fx', 'search'],
    ['/files/a%2Fb;c/%5C', 'files'],
    ['/files/..%2F..%2Fexport.php', 'files'],
    ['/x;y/../search/a', 'search'],
    ['/search/a%2F../../admin%2Fx', 'refuse: admin instead of search'],
  ])('%s: %s', (path, expected) => {
    expect(told(shop, `GET ${path}`)).toBe(expected);
  });
});

describe('it does not matter how a path is read', () => {
  test.each([
    ['/pages/a%2Fb', 'page'],
    ['/about;x', 'undeclared'],
    ['/a%2Fb;c%00', 'undeclared'],
  ])('where legacy answers either way: %s: %s', (path, expected) => {
    expect(told(shop, `GET ${path}`)).toBe(expected);
  });

  test('in a table where legacy answers everything', () => {
    const where = table({ a: 'GET /a', b: 'GET /a/b' });
    expect(told(where, 'GET /a%2Fb')).toBe('undeclared');
    expect(told(where, `GET /%${'25'.repeat(200)}2F`)).toBe('undeclared');
  });
});

describe('respelled: legacy', () => {
  const a: Written = { match: 'GET /a', stage: 'new', newSide: HANDLER, respelled: 'legacy' };

  test('sends to legacy what would be refused', () => {
    expect(told(table({ a }), 'GET /a;x')).toBe('legacy: a instead of undefined');
  });

  test('holds only where all routes that are concerned say so', () => {
    const strict = { ...a, match: 'GET /a;x', respelled: 'refuse' as const };
    expect(told(table({ a, strict }), 'GET /a;x')).toBe('refuse: a instead of strict');
  });

  test('of the file holds where there are too many readings to try', () => {
    const request = `GET /%${'25'.repeat(200)}2F`;
    expect(told(table({ a }, { respelled: 'legacy' }), request)).toBe(
      'legacy: undefined instead of undefined',
    );
    expect(told(table({ a }), request)).toBe('refuse: undefined instead of undefined');
  });
});

test('the reading that decides is told', () => {
  expect(ask(shop, 'GET /x/..%2Fproducts/7')).toMatchObject({
    kind: 'respelled',
    reading: '/products/7',
  });
});

test('a reading whose route asks for a body asks for it', () => {
  const where = table({ a: { match: 'POST /a/b', body: { k: '1' }, stage: 'new', newSide: HANDLER } });
  const match = (extras: object) => ask(where, 'POST /a%2Fb', extras).kind;
  expect([match({ isUnread: true }), match({ body: 'k=1' }), match({ body: 'k=2' })]).toEqual([
    'needs-body',
    'respelled',
    'undeclared',
  ]);
});
