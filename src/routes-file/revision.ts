// The revision of a table: the short hash of what it means.
import { createHash } from 'node:crypto';
import type { TableSpec } from '../routing/route.ts';

/**
 * Names a table by what its files mean, those of stages among them. Positions, tests and the layout of the files
 * have no part in the revision, nor has what the environment fills in: it is one in CI and in production.
 */
export function withRevision(spec: Omit<TableSpec, 'revision'>): TableSpec {
  const { tests, ...rest } = spec;
  const routes = spec.routes
    .map((route) => ({ ...route, patterns: route.patterns.map(({ text, ...read }) => read) }))
    .toSorted(byName);
  const { upstreams, cohorts, rollouts } = spec;
  const sorted = {
    upstreams: upstreams.map(({ origins, ...written }) => written).toSorted(byName),
    cohorts: cohorts.toSorted(byName),
    rollouts: rollouts.toSorted(byName),
  };
  const meaning = JSON.stringify({ ...rest, ...sorted, routes }, (key, value) =>
    key === 'position' ? undefined : value,
  );
  return { ...spec, revision: createHash('sha256').update(meaning).digest('hex').slice(0, 8) };
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}
