// Locked routes: nothing else may take any part of them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/routing/explain.ts';
import { Hosts } from '../../src/routing/hosts.ts';
import { findTakings } from '../../src/routing/locks.ts';
import type { TableSpec } from '../../src/routing/route.ts';
import { buildTable } from '../../src/routing/table.ts';
import { insert } from '../../src/routing/trie.ts';
import { formatWitness, witnessInput } from '../../src/routing/witness.ts';
import { asked, entriesOf, spec, type Written, type WrittenRoutes } from './patterns.ts';
import { randomPaths, randomRequests, randomRoutes } from './random-tables.ts';

function takingsOf(written: TableSpec) {
  const hosts = new Hosts();
  const entries = entriesOf(written);
  for (const entry of entries) insert(hosts.rootFor(entry), entry, written.paths.trailingSlash === 'ignore');
  return findTakings(entries, hosts, written.paths);
}

const ADMIN: Written = { match: 'ANY /admin/*', lock: 'legacy' };

describe('what takes part of ANY /admin/*', () => {
  test.each([
    ['GET /admin/login', 'GET /admin/login'],
    ['GET /admin/', 'GET /admin/'],
    ['POST /:area<admin|user>/:page', undefined],
    ['GET /admin/:page<int>/x', 'GET /admin/1/x'],
    ['GET /admin/*', 'GET /admin/x'],
    ['GET /admin/x?a=1', 'GET /admin/x?a=1'],
    ['ANY /admin/*?q', 'GET /admin/x?q=1'],
    ['GET a.example/:any/x', "GET /admin/x -H 'host: a.example'"],
    ['GET *.example/*', "GET /admin/x -H 'host: www.example'"],
    ['GET /admin', undefined],
    ['ANY /*', undefined],
    ['GET /:page/login', undefined],
    ['GET /a:x/login', undefined],
    ['GET /administration/x', undefined],
  ])('%s: %s', (match, witness) => {
    const takings = takingsOf(spec({ admin: ADMIN, other: match }));
    expect(takings.map((taking) => formatWitness(taking.witness))).toEqual(
      witness === undefined ? [] : [witness],
    );
  });
});

test.each<[string, WrittenRoutes, string | undefined]>([
  ['HEAD of its own', { a: { match: 'GET /x', lock: 'legacy' }, b: 'HEAD /x' }, 'HEAD /x'],
  ['a named method', { a: { match: 'ANY /x', lock: 'legacy' }, b: 'PUT /x' }, 'PUT /x'],
  ['another method', { a: { match: 'GET /x', lock: 'legacy' }, b: 'POST /x' }, undefined],
  [
    'a condition that may hold as well',
    { a: { match: 'ANY /?page=admin', lock: 'legacy' }, b: 'GET /?action=list' },
    'GET /?action=list&page=admin',
  ],
  ['another value', { a: { match: 'ANY /?page=admin', lock: 'legacy' }, b: 'GET /?page=cart' }, undefined],
  [
    'a condition on the body',
    { a: { match: 'POST /x', lock: 'legacy' }, b: { match: 'POST /x', body: { k: '1' } } },
    "POST /x -d 'k=1'",
  ],
  [
    'another pattern of the route itself',
    { a: { match: ['ANY /x/*', 'GET /x/y'], lock: 'legacy' } },
    undefined,
  ],
])('%s', (_what, routes, witness) => {
  const takings = takingsOf(spec(routes));
  expect(takings.map((taking) => formatWitness(taking.witness))).toEqual(
    witness === undefined ? [] : [witness],
  );
});

test('a problem stands at the one that takes, and names the locked one', () => {
  const result = buildTable(spec({ admin: ADMIN, login: 'GET /admin/login' }));
  expect(result.ok ? [] : result.problems).toEqual([
    {
      code: 'route-locked',
      position: { file: 'routes.yaml', line: 2, column: 1 },
      message:
        'login (GET /admin/login) takes GET /admin/login from admin (ANY /admin/*, routes.yaml:1), which is locked',
      cure: 'narrow the match, or take the lock off admin',
      related: { file: 'routes.yaml', line: 1, column: 1 },
    },
  ]);
});

test('of a table without problems, no other route answers what a locked one takes; of one with, the witness shows it', () => {
  const cases = randomRoutes(6).chain((routes) =>
    fc.tuple(
      fc.constant(routes),
      randomPaths,
      fc.array(randomRequests(routes), { minLength: 6, maxLength: 6 }),
    ),
  );
  fc.assert(
    fc.property(cases, ([routes, paths, requests]) => {
      const written = spec({ ...routes, r0: { match: 'ANY /*', ...routes.r0, lock: 'legacy' } }, { paths });
      const takings = takingsOf(written);
      for (const { taker, locked, witness } of takings) {
        const both = [taker, locked].map(({ route, pattern }) => ({ ...route, patterns: [pattern] }));
        const { candidates } = explain({ ...written, routes: both }, witnessInput(witness));
        expect(candidates.map(({ route, verdict }) => [route.name, verdict])).toEqual([
          [taker.route.name, 'wins'],
          [locked.route.name, 'loses'],
        ]);
      }
      if (takings.length > 0) return;
      const alone = { ...written, routes: written.routes.filter(({ lock }) => lock) };
      for (const { request, extras } of requests) {
        const input = { ...asked(request, extras), body: asked(request, extras).body ?? null };
        const [first] = explain(alone, input).candidates;
        if (first?.verdict !== 'wins') continue;
        expect(explain(written, input).candidates[0]?.route.name, request).toBe('r0');
      }
    }),
    { numRuns: 300 },
  );
});
