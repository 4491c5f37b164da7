// Building a table in slices, so that a worker goes on answering meanwhile.
import { expect, test } from 'vitest';
import { buildTableInSlices } from '../../src/routing/table.ts';
import { nameOf, spec } from './patterns.ts';

const routes = Object.fromEntries(
  Array.from({ length: 3_000 }, (_, index) => [`r${index}`, `GET /section-${index}/:id<int>?page=p${index}`]),
);

test('a table built in slices is the same, and there are pauses between them', async () => {
  let pauses = 0;
  const result = await buildTableInSlices(spec(routes), async () => {
    pauses += 1;
  });
  expect(pauses).toBeGreaterThan(20);
  expect(nameOf(result, 'GET /section-2999/7?page=p2999')).toBe('r2999');
});
