// The table as the admin API and `banyan routes` show it, with all that holds by default filled in.
import { fieldName } from '../routing/pattern-conditions.ts';
import {
  type CohortRule,
  HANDLER_TIMEOUT_MS,
  type NewSide,
  type Route,
  type TableSpec,
  type Timeouts,
  type Upstream,
} from '../routing/route.ts';
import { formatStage } from '../routing/stage.ts';

export type RouteDescription = ReturnType<typeof describeRoute>;

/**
 * Describes a table for people and scripts. Durations are milliseconds, sizes bytes, and null is where
 * there is no limit. User information cannot stand in upstream addresses.
 */
export function describeRoutes(spec: TableSpec | undefined) {
  if (!spec) return { revision: null, unmatched: null, upstreams: [], routes: [] };
  const { revision, unmatched, respelled, paths, compression, limits } = spec;
  return {
    ...{ revision, unmatched, respelled, paths, compression },
    limits: withNulls(limits),
    upstreams: spec.upstreams.map(describeUpstream),
    cohorts: spec.cohorts.map(({ name, rules }) => ({ name, rules: rules.map(describeRule) })),
    rollouts: spec.rollouts.map(({ name, stage }) => ({ name, stage: formatStage(stage) })),
    routes: spec.routes.map((route) => describeRoute(route, spec.upstreams)),
  };
}

/** Describes an upstream. */
export function describeUpstream({ name, origins, host, rewrite, timeouts }: Upstream) {
  return { name, origins, host: host ?? 'preserve', rewrite, timeouts: withNulls(timeouts) };
}

/** Describes a route; its timeouts are those of each side that may answer it. */
export function describeRoute(route: Route, upstreams: readonly Upstream[]) {
  const { name, rollout, lock, newSide, fallback, respelled, methodOverride, position } = route;
  return {
    ...{ name, stage: formatStage(route.stage), rollout: rollout ?? null },
    match: route.patterns[0]?.text ?? null,
    also: route.patterns.slice(1).map(({ text }) => text),
    body: route.body.map(({ name, value }) => ({ name: fieldName(name), value })),
    when: route.when.map(({ source, name, test }) => ({ source, name, ...test })),
    lock: lock ?? null,
    newSide: describeNewSide(newSide),
    ...{ fallback, respelled },
    timeouts: {
      legacy: timeoutsAt('legacy', route, upstreams),
      new:
        newSide?.kind === 'upstream'
          ? timeoutsAt(newSide.upstream, route, upstreams)
          : handlerTimeouts(route),
    },
    limits: withNulls(route.limits),
    methodOverride,
    place: { file: position.file, line: position.line },
  };
}

function timeoutsAt(name: string, route: Route, upstreams: readonly Upstream[]) {
  const upstream = upstreams.find((candidate) => candidate.name === name);
  return upstream ? withNulls<Timeouts>({ ...upstream.timeouts, ...route.timeouts }) : null;
}

/**
 * A handler has no connection to wait for: the whole of it is limited, by its route and by what it says itself.
 * That stands in its file, which is not read here: `unlessItSays` holds where the file says nothing.
 */
function handlerTimeouts({ newSide, timeouts }: Route) {
  if (newSide?.kind !== 'handler') return null;
  return { total: timeouts.total ?? null, unlessItSays: HANDLER_TIMEOUT_MS };
}

function describeRule(rule: CohortRule) {
  return rule.kind === 'session' ? { ...rule, path: rule.path.join('.') } : rule;
}

/** Describes the new side in a word and a name; null where there is none. */
export function describeNewSide(side: NewSide | undefined): string | null {
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

/** JSON leaves out what is undefined; null says that there is no limit. */
function withNulls<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> | null } {
  const entries = Object.entries(values).map(([key, value]) => [key, value ?? null]);
  return Object.fromEntries(entries);
}
