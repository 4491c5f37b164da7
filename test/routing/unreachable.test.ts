// Patterns that no request meets.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/routing/explain.ts';
import type { TableSpec } from '../../src/routing/route.ts';
import { buildTable } from '../../src/routing/table.ts';
import { asked, spec, type WrittenRoutes } from './patterns.ts';
import { randomPaths, randomRequests, randomRoutes } from './random-tables.ts';

function warnings(routes: WrittenRoutes, file: Partial<TableSpec> = {}): readonly string[] {
  const result = buildTable(spec(routes, file));
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.warnings.map(({ message }) => message);
}

describe('a pattern whose conditions exclude each other', () => {
  test.each<[string, WrittenRoutes]>([
    ['two values', { a: 'GET /?x=1&x=2' }],
    ['presence and absence', { a: 'GET /?x&!x' }],
    ['a value and an array', { a: 'GET /?x=1&x[a]=1' }],
    ['an element of what is absent', { a: 'GET /?!x&x[a]' }],
    ['a value that its type does not take', { a: 'GET /?x=a&x=:n<int>' }],
    ['captures apart', { a: 'GET /?x=:a<int>&x=:b<uuid>' }],
    ['header values', { a: { match: 'GET /', when: ['header h=a', 'header h~b'] } }],
    ['a cookie and none', { a: { match: 'GET /', when: ['cookie c', 'cookie !c'] } }],
  ])('%s', (_what, routes) => {
    expect(warnings(routes)).toEqual([
      expect.stringMatching(/^no request meets a \(.*: its conditions exclude/),
    ]);
  });
});

describe('a pattern whose requests others take', () => {
  test.each<[string, WrittenRoutes]>([
    ['each of its values', { a: 'GET /:l<de|fr>/x', b: 'GET /de/x', c: 'GET /fr/:any' }],
    ['a value of its own and a tail', { a: 'GET /:l<de|fr>/x', b: 'GET /de/*', c: 'GET /fr/x' }],
    ['values within text', { a: 'GET /feed-:l<de|fr>.xml', b: 'GET /feed-de.xml', c: 'GET /feed-fr.xml' }],
    ['what is there, and what is not', { a: 'GET /x', b: 'GET /x?q', c: 'GET /x?!q' }],
    [
      'what is there, and what is not, of a header',
      {
        a: 'GET /x',
        b: { match: 'GET /x', when: ['header h'] },
        c: { match: 'GET /x', when: ['header !h'] },
      },
    ],
    ['a captured parameter that always is', { a: 'GET /x?q=7', b: 'GET /x?q=7&q=:n<int>' }],
  ])('%s', (_what, routes) => {
    expect(warnings(routes)).toEqual([
      expect.stringMatching(/^no request meets a \(.* take all of them first$/),
    ]);
  });

  test('is told with those that take them', () => {
    const result = buildTable(spec({ a: 'GET /:l<de|fr>', b: 'GET /de', c: 'GET /fr' }));
    expect(result.ok && result.warnings).toEqual([
      {
        severity: 'warning',
        code: 'route-unreachable',
        position: { file: 'routes.yaml', line: 1, column: 1 },
        message:
          'no request meets a (GET /:l<de|fr>): b (GET /de, routes.yaml:2) and c (GET /fr, routes.yaml:3) take all of them first',
        cure: 'remove the match, or narrow the others',
        related: { file: 'routes.yaml', line: 2, column: 1 },
      },
    ]);
  });

  test('where case and last slash do not matter', () => {
    const paths = { trailingSlash: 'ignore', case: 'ignore' } as const;
    const routes = { a: 'GET /:l<DE|FR>/', b: 'GET /de', c: 'GET /Fr' };
    expect(warnings(routes, { paths })).toHaveLength(1);
  });
});

test.each<[string, WrittenRoutes]>([
  ['one of its values is left', { a: 'GET /:l<de|fr|it>/x', b: 'GET /de/x', c: 'GET /fr/x' }],
  ['another takes fewer methods', { a: 'ANY /:l<de|fr>', b: 'GET /de', c: 'GET /fr' }],
  ['HEAD is left', { a: 'GET,HEAD /:l<de|x>', b: 'POST /de', c: 'GET /x' }],
  ['another has a condition more', { a: 'GET /:l<de|fr>', b: 'GET /de?q', c: 'GET /fr' }],
  ['another has a host', { a: 'GET /:l<de|fr>', b: 'GET a.example/de', c: 'GET a.example/fr' }],
  ['what is not there comes with something else', { a: 'GET /x', b: 'GET /x?q', c: 'GET /x?!q&r' }],
  ['two conditions fail', { a: 'GET /x', b: 'GET /x?q&r', c: 'GET /x?!q&!r' }],
  ['another asks for absence', { a: 'GET /:l<de|x>?q', b: 'GET /de?!q', c: 'GET /x' }],
  ['a body is asked for', { a: 'POST /x', b: { match: 'POST /x', body: { k: '1' } } }],
  ['the same route has it under two addresses', { a: ['GET /:l<de|fr>', 'GET /de', 'GET /fr'] }],
])('a pattern is in reach where %s', (_what, routes) => {
  expect(warnings(routes)).toEqual([]);
});

test('what is told to be out of reach is never met, on any table', () => {
  let told = 0;
  const cases = randomRoutes(8).chain((routes) =>
    fc.tuple(
      fc.constant(routes),
      randomPaths,
      fc.array(randomRequests(routes), { minLength: 10, maxLength: 10 }),
    ),
  );
  fc.assert(
    fc.property(cases, ([routes, paths, requests]) => {
      // One pattern a route, each on a line of its own.
      const written = spec(routes, { paths });
      const single = {
        ...written,
        routes: written.routes.map((route) => ({ ...route, patterns: route.patterns.slice(0, 1) })),
      };
      const built = buildTable(single);
      if (!built.ok) return;
      const out = new Set(built.warnings.map(({ position }) => position.line));
      told += out.size;
      for (const { request, extras } of requests) {
        const [first] = explain(single, { ...asked(request, extras) }).candidates;
        if (first?.verdict === 'wins') expect(out.has(first.pattern.position.line), request).toBe(false);
      }
    }),
    { numRuns: 400 },
  );
  expect(told).toBeGreaterThan(0);
});
