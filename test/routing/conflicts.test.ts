// Patterns that tie, and the requests that show it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findConflicts } from '../../src/routing/conflicts.ts';
import { explain } from '../../src/routing/explain.ts';
import type { TableSpec } from '../../src/routing/route.ts';
import { buildTable } from '../../src/routing/table.ts';
import { formatWitness, witnessInput } from '../../src/routing/witness.ts';
import { entriesOf, spec, type WrittenRoutes } from './patterns.ts';
import { randomPaths, randomRoutes } from './random-tables.ts';

const conflictsOf = (written: TableSpec) => findConflicts(entriesOf(written), written.paths);

/** The witnesses of a table's conflicts. */
function witnesses(routes: WrittenRoutes, file: Partial<TableSpec> = {}): readonly string[] {
  return conflictsOf(spec(routes, file)).map(({ witness }) => formatWitness(witness));
}

describe('a request that meets both', () => {
  test.each<[string, WrittenRoutes, string]>([
    ['the same path', { a: 'GET /x', b: 'GET /x' }, 'GET /x'],
    ['parameters of one type', { a: 'GET /:x<int>', b: 'GET /:y<int>' }, 'GET /1'],
    ['a shared method', { a: 'GET,POST /x', b: 'PUT,POST /x' }, 'POST /x'],
    ['tails', { a: 'ANY /x/*', b: 'ANY /x/*' }, 'GET /x/x'],
    ['a shared value', { a: 'GET /:l<de|fr>', b: 'GET /:l<fr|it>' }, 'GET /fr'],
    ['two fields', { a: 'GET /?a=1', b: 'GET /?b=x%26y' }, 'GET /?a=1&b=x%26y'],
    ['elements of an array', { a: 'GET /?f[a]=1', b: 'GET /?f[b]=2' }, 'GET /?f[a]=1&f[b]=2'],
    ['captures of two types', { a: 'GET /?a=:x<hex>', b: 'GET /?a=:y<slug>' }, 'GET /?a=a'],
    ['a field and its element', { a: 'GET /?f', b: 'GET /?f[a]' }, 'GET /?f[a]=1'],
    ['text around parameters', { a: 'GET /a-:x', b: 'GET /:y-b' }, 'GET /a-b'],
    ['several parameters', { a: 'GET /:s-p-:i<int>', b: 'GET /xy:a-:b<int>' }, 'GET /xy-p-1'],
    ['escaped text', { a: 'GET /é-:x', b: 'GET /:y-é' }, 'GET /%C3%A9-%C3%A9'],
    ['a host', { a: 'GET a.example/', b: 'GET a.example/' }, "GET / -H 'host: a.example'"],
    ['all below a host', { a: 'GET *.a.example/', b: 'GET *.a.example/' }, "GET / -H 'host: www.a.example'"],
    [
      'header fields',
      { a: { match: 'GET /', when: ['header x-a=it~s'] }, b: { match: 'GET /', when: ['header x-a~t'] } },
      "GET / -H 'x-a: it~s'",
    ],
    [
      'parts of a cookie',
      { a: { match: 'GET /', when: ['cookie c~one'] }, b: { match: 'GET /', when: ['cookie c~two'] } },
      "GET / -H 'cookie: c=one two'",
    ],
    [
      'fields of a body',
      { a: { match: 'POST /', body: { a: '1' } }, b: { match: 'POST /', body: { b: "it's" } } },
      "POST / -d 'a=1&b=it'\\''s'",
    ],
  ])('%s', (_what, routes, witness) => {
    expect(witnesses(routes)).toEqual([witness]);
  });

  test('a last slash and the case of letters tie where they do not matter', () => {
    const paths = { trailingSlash: 'ignore', case: 'ignore' } as const;
    expect(witnesses({ a: 'GET /Cart/', b: 'GET /cart' }, { paths })).toEqual(['GET /cart']);
    expect(witnesses({ a: 'GET /:l<DE|x>/', b: 'GET /:l<de|y>' }, { paths })).toEqual(['GET /de']);
  });
});

test.each<[string, WrittenRoutes]>([
  ['methods', { a: 'GET /x', b: 'POST /x' }],
  ['GET and HEAD', { a: 'GET /x', b: 'HEAD /x' }],
  ['values', { a: 'GET /?a=1', b: 'GET /?a=2' }],
  ['a value and an array', { a: 'GET /?f=1', b: 'GET /?f[a]=1' }],
  ['presence and absence', { a: 'GET /?a', b: 'GET /?!a' }],
  ['presence of an element and absence of all', { a: 'GET /?f[a]', b: 'GET /?!f' }],
  ['captures apart', { a: 'GET /?a=:x<int>', b: 'GET /?a=:y<uuid>' }],
  ['captured values apart', { a: 'GET /?a=:x<1|2>', b: 'GET /?a=:y<3|4>' }],
  ['a captured value that is no number', { a: 'GET /?a=:x<a|b>', b: 'GET /?a=:y<int>' }],
  ['enumerated values', { a: 'GET /:l<de|fr>/x', b: 'GET /:l<it|en>/x' }],
  ['text in front', { a: 'GET /ab-:x', b: 'GET /cd-:x' }],
  ['text behind', { a: 'GET /:x.html', b: 'GET /:x.json' }],
  ['text between', { a: 'GET /:x<int>-p-:y<int>', b: 'GET /:x<int>-c-:y<int>' }],
  ['typed captures within text', { a: 'GET /a-:x<uuid>', b: 'GET /a-:x<1|2>' }],
  ['hosts', { a: 'GET a.example/', b: 'GET b.example/' }],
  ['nested hosts', { a: 'GET *.a.example/', b: 'GET *.example/' }],
  [
    'header values',
    { a: { match: 'GET /', when: ['header h=1'] }, b: { match: 'GET /', when: ['header h=2'] } },
  ],
  [
    'a header and none',
    { a: { match: 'GET /', when: ['header h'] }, b: { match: 'GET /', when: ['header !h'] } },
  ],
  [
    'values of a body',
    { a: { match: 'POST /', body: { k: '1' } }, b: { match: 'POST /', body: { k: '2' } } },
  ],
])('%s apart are no conflict', (_what, routes) => {
  expect(witnesses(routes)).toEqual([]);
});

test('what one is more specific in is no conflict', () => {
  const texts = [
    '/7',
    '/a-:x',
    '/ab-:x',
    '/:x<7|8>',
    '/:x<uuid>',
    '/:x<int>',
    '/:x<hex>',
    '/:x<slug>',
    '/:x',
    '/*',
  ];
  expect(witnesses(Object.fromEntries(texts.map((text) => [text, `GET ${text}`])))).toEqual([]);
});

test('a problem names both places and the request', () => {
  const result = buildTable(spec({ a: 'GET /:x', b: 'GET /y', c: 'GET,POST /:z' }));
  expect(result).toEqual({
    ok: false,
    problems: [
      {
        code: 'route-conflict',
        position: { file: 'routes.yaml', line: 3, column: 1 },
        message: 'c (GET,POST /:z) and a (GET /:x, routes.yaml:1) tie: GET /x meets both',
        cure: 'make one of them more specific, or remove it; the order in the file never decides',
        related: { file: 'routes.yaml', line: 1, column: 1 },
      },
    ],
  });
});

test('a witness meets both of its patterns, on any table', () => {
  fc.assert(
    fc.property(randomRoutes(10), randomPaths, (routes, paths) => {
      const written = spec(routes, { paths });
      for (const { first, second, witness } of conflictsOf(written)) {
        for (const { route, pattern } of [first, second]) {
          const alone = { ...written, routes: [{ ...route, patterns: [pattern] }] };
          const { candidates } = explain(alone, witnessInput(witness));
          expect(candidates.map(({ verdict, reason }) => verdict + reason)).toEqual(['wins']);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('of thousands of patterns that tie, a hundred conflicts are told', () => {
  const routes = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`r${index}`, 'ANY /*']));
  expect(witnesses(routes)).toHaveLength(100);
});
