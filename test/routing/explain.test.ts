// The explaining matcher: it decides as the table does, and says why.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explain } from '../../src/routing/explain.ts';
import { buildTable, type MatchResult } from '../../src/routing/table.ts';
import { asked, spec } from './patterns.ts';
import { randomPaths, randomRequests, randomRoutes } from './random-tables.ts';

/** So many tables. */
const RUNS = 300;

/** What a result says, with names in place of routes. */
function told(result: MatchResult): unknown {
  if (result.kind === 'matched') return [result.route.name, { ...result.parameters }];
  if (result.kind !== 'respelled') return result.kind;
  return [result.kind, result.canonical?.name, result.other?.name, result.reading, result.answer];
}

test('decides as the table does, on any table and any request', () => {
  const cases = randomRoutes(8).chain((routes) =>
    fc.tuple(
      fc.constant(routes),
      randomPaths,
      fc.array(randomRequests(routes), { minLength: 8, maxLength: 8 }),
    ),
  );
  fc.assert(
    fc.property(cases, ([routes, paths, requests]) => {
      const written = spec(routes, { paths });
      const result = buildTable(written);
      if (!result.ok) return;
      for (const { request, extras } of requests) {
        const input = asked(request, extras);
        const found = result.table.match(input);
        expect(told(explain(written, input).result), request).toEqual(told(found));
      }
    }),
    { numRuns: RUNS },
  );
});
