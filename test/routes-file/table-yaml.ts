// A table written down as a routes file again, with everything spelt out: reading it gives the same table.
import type { Cohort, NewSide, Route, TableSpec, Upstream, WhenCondition } from '../../src/routing/route.ts';
import { formatStage } from '../../src/routing/stage.ts';
import { fieldText, patternText } from './pattern-text.ts';

/** Writes a table as a routes file; JSON is YAML. */
export function tableYaml(spec: TableSpec): string {
  const { paths, respelled, unmatched, compression } = spec;
  return JSON.stringify({
    ...{ paths, respelled, unmatched, compression },
    limits: limitsOf(spec.limits),
    upstreams: Object.fromEntries(spec.upstreams.map((upstream) => [upstream.name, upstreamOf(upstream)])),
    cohorts: Object.fromEntries(spec.cohorts.map((cohort) => [cohort.name, cohortOf(cohort)])),
    rollouts: Object.fromEntries(spec.rollouts.map(({ name, stage }) => [name, formatStage(stage)])),
    routes: Object.fromEntries(spec.routes.map((route) => [route.name, routeOf(route)])),
  });
}

function upstreamOf({ written, host = 'preserve', rewrite, timeouts }: Upstream) {
  return { url: written, host, rewrite, timeouts: timeoutsOf(timeouts) };
}

function cohortOf({ rules }: Cohort) {
  const session = rules.flatMap((rule) =>
    rule.kind === 'session' ? [[rule.path.join('.'), rule.values]] : [],
  );
  const cookie = rules.flatMap((rule) => (rule.kind === 'cookie' ? [[rule.name, rule.values]] : []));
  const ip = rules.flatMap((rule) => (rule.kind === 'ip' ? rule.networks : []));
  return {
    ...(session.length > 0 ? { session: Object.fromEntries(session) } : {}),
    ...(cookie.length > 0 ? { cookie: Object.fromEntries(cookie) } : {}),
    ...(ip.length > 0 ? { ip } : {}),
  };
}

function routeOf(route: Route) {
  const { patterns, body, when, rollout, stage, newSide, fallback, lock, respelled, methodOverride } = route;
  const [match, ...also] = patterns.map((pattern) => patternText(pattern, encodeURIComponent));
  const tests = (source: WhenCondition['source']) =>
    Object.fromEntries(
      when.filter((one) => one.source === source).map((one) => [one.name, testOf(one.test)]),
    );
  return {
    ...{ match, also, fallback, lock, respelled, methodOverride },
    body: Object.fromEntries(body.map(({ name, value }) => [fieldText(name), value])),
    when: { header: tests('header'), cookie: tests('cookie') },
    ...(rollout === undefined ? { stage: formatStage(stage) } : { rollout }),
    ...(newSide ? sideOf(newSide) : {}),
    timeouts: timeoutsOf(route.timeouts),
    limits: limitsOf(route.limits),
  };
}

function sideOf(side: NewSide) {
  switch (side.kind) {
    case 'handler':
      return { handler: side.key };
    case 'upstream':
      return { upstream: side.upstream };
    case 'redirect':
      return { redirect: `${side.status} ${side.location}` };
  }
}

function testOf(test: WhenCondition['test']) {
  switch (test.kind) {
    case 'equals':
      return test.value;
    case 'contains':
      return { contains: test.text };
    case 'present':
      return true;
    case 'absent':
      return false;
  }
}

function timeoutsOf(timeouts: Readonly<Record<string, number | undefined>>) {
  return mapValues(timeouts, (milliseconds) => `${milliseconds}ms`);
}

function limitsOf(limits: Readonly<Record<string, number | undefined>>) {
  return Object.fromEntries(
    Object.entries(limits)
      .filter(([, limit]) => limit !== undefined)
      .map(([key, limit]) => [key, key === 'body' || key === 'url' ? `${limit}B` : limit]),
  );
}

function mapValues(values: Readonly<Record<string, number | undefined>>, write: (value: number) => string) {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, write(value)]])),
  );
}
