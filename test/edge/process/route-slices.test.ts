// Routes on their way to a worker.
import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { routesOf, sliceRoutes } from '../../../src/edge/process/route-slices.ts';
import { loadRoutes } from '../../../src/routes-file/load.ts';
import type { Route } from '../../../src/routing/route.ts';
import { spec } from '../../routing/patterns.ts';
import { randomRoutes } from '../../routing/random-tables.ts';

/** Sends routes as the channel between processes does. */
function arrived(routes: readonly Route[]): readonly Route[] {
  return [...sliceRoutes(routes)].flatMap((slice) => routesOf(deserialize(serialize(slice))));
}

test('any routes arrive as they were', () => {
  fc.assert(
    fc.property(randomRoutes(8), (written) => {
      const { routes } = spec(written);
      expect(arrived(routes)).toStrictEqual(routes);
    }),
    { numRuns: 200 },
  );
});

const FILE = `
rollouts: { shop: canary 5% }
routes:
  show: { match: GET /a/:id<int>, also: ["GET /b?id=:id"], handler: "a/b#c", rollout: shop }
  cart: { match: "POST /ajax.php", body: { action: cart }, upstream: legacy, stage: new }
  beta: { match: GET /beta, when: { cookie: { beta: "1" } }, redirect: 302 /x, timeouts: { total: 5s } }
  stay: { match: ANY /admin/*, lock: legacy, limits: { body: 1MiB } }
`;

test('routes arrive with all that a file can say of them', () => {
  const read = loadRoutes(FILE, {
    file: 'routes.yaml',
    legacyUrl: 'http://127.0.0.1',
    variable: () => undefined,
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  expect(arrived(read.spec.routes)).toStrictEqual(read.spec.routes);
});

test('what many routes say alike arrives as one object', () => {
  const routes = arrived(spec({ one: 'GET /a/:id<int>', other: 'GET /b/:id<int>' }).routes);
  expect(routes[0]?.stage).toBe(routes[1]?.stage);
  expect(routes[0]?.patterns[0]?.segments[1]).toBe(routes[1]?.patterns[0]?.segments[1]);
});

test('thousands of routes come in slices, none in one', () => {
  const many = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => [`r${index}`, `GET /${index}`]),
  );
  expect([...sliceRoutes(spec(many).routes)]).toHaveLength(5);
  expect([...sliceRoutes([])]).toHaveLength(1);
});
