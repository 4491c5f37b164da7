// The table as the admin API shows it.
import type { NewSide, TableSpec } from '../routing/route.ts';
import { formatStage } from '../routing/stage.ts';

/** Describes a table for people and scripts; user information cannot stand in upstream addresses. */
export function describeRoutes(spec: TableSpec | undefined) {
  if (!spec) return { revision: null, unmatched: null, upstreams: [], routes: [] };
  return {
    revision: spec.revision,
    unmatched: spec.unmatched,
    upstreams: spec.upstreams.map(({ name, origin, timeouts }) => ({ name, origin, timeouts })),
    routes: spec.routes.map((route) => ({
      name: route.name,
      stage: formatStage(route.stage),
      match: route.patterns[0]?.text ?? null,
      also: route.patterns.slice(1).map((pattern) => pattern.text),
      newSide: describeNewSide(route.newSide),
      fallback: route.fallback,
    })),
  };
}

function describeNewSide(side: NewSide | undefined): string | null {
  switch (side?.kind) {
    case undefined:
      return null;
    case 'handler':
      return `handler ${side.exportName === 'default' ? side.module : side.key}`;
    case 'upstream':
      return `upstream ${side.upstream}`;
    case 'redirect':
      return `redirect ${side.status} ${side.location}`;
  }
}
