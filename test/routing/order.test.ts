// The order in the file never matters: neither for a match, nor for what is wrong.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildTable } from '../../src/routing/table.ts';
import { asked, spec, told } from './patterns.ts';
import { randomPaths, randomRequests, randomRoutes } from './random-tables.ts';

test('routes in another order make the same table', () => {
  const cases = randomRoutes(8).chain((routes) =>
    fc.tuple(
      fc.constant(routes),
      randomPaths,
      fc.shuffledSubarray(Object.keys(routes), { minLength: Object.keys(routes).length }),
      fc.array(randomRequests(routes), { minLength: 8, maxLength: 8 }),
    ),
  );
  fc.assert(
    fc.property(cases, ([routes, paths, order, requests]) => {
      const written = spec(routes, { paths });
      const shuffled = order.flatMap((name) => written.routes.filter((route) => route.name === name));
      const one = buildTable(written);
      const other = buildTable({ ...written, routes: shuffled });
      expect(other.ok).toBe(one.ok);
      if (!one.ok || !other.ok) return;
      expect(other.warnings).toHaveLength(one.warnings.length);
      for (const { request, extras } of requests) {
        const input = asked(request, extras);
        expect(told(other.table.match(input)), request).toBe(told(one.table.match(input)));
      }
    }),
    { numRuns: 300 },
  );
});
