// A large routes file is read in a time that grows with its length, not with its square.
import { expect, test } from 'vitest';
import { loadRoutes } from '../../src/routes-file/load.ts';
import { figure, record } from '../e2e/figures.ts';

const COUNT = figure(1_000, 10_000);

test('thousands of routes are read in seconds', () => {
  const since = process.cpuUsage();
  const result = loadRoutes(manyRoutes(COUNT), {
    file: 'routes.yaml',
    legacyUrl: 'http://127.0.0.1:8080',
    variable: () => undefined,
  });
  const { user, system } = process.cpuUsage(since);
  const seconds = (user + system) / 1_000_000;
  record({
    figure: 'A routes file of many routes, read, checked and built',
    demanded: '10,000 routes in under 3 s',
    measured: `${COUNT} routes with 2 matches each in ${seconds.toFixed(1)} s of processor time`,
  });
  expect(result).toMatchObject({ ok: true });
  expect(result.ok && result.spec.routes).toHaveLength(COUNT);
  // Far above what it takes: a square would take minutes.
  expect(seconds).toBeLessThan(20);
});

/** Pages under paths of their own, and under the query of one script, as a dispatching index.php has them. */
function manyRoutes(count: number): string {
  const routes = Array.from(
    { length: count },
    (_, index) => `  route-${index}:
    match: GET /section-${index % 100}/item-${index}/:id<int>
    also: ["GET /index.php?page=p${index}&id=:id<int>"]
    handler: products/show
    stage: new
`,
  );
  return `routes:\n${routes.join('')}`;
}
