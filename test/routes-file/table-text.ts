// A table as text, for expectations: what was read, not how it was written. What is as by default is left out.
import { isDeepStrictEqual } from 'node:util';
import { limitDefaults, timeoutDefaults } from '../../src/routes-file/schema-forwarding.ts';
import type {
  BodyCondition,
  Cohort,
  CohortRule,
  NewSide,
  Route,
  RouteTest,
  TableSpec,
  Upstream,
  WhenCondition,
} from '../../src/routing/route.ts';
import { formatStage } from '../../src/routing/stage.ts';
import { fieldText, patternText } from './pattern-text.ts';

const FILE_DEFAULTS = {
  paths: { trailingSlash: 'strict', case: 'strict' },
  respelled: 'refuse',
  unmatched: 'legacy',
  limits: limitDefaults,
  compression: 'none',
};

const LEGACY: Upstream = {
  ...{ name: 'legacy', origins: ['http://127.0.0.1:8080'], written: [] },
  ...{ host: undefined, rewrite: false, timeouts: timeoutDefaults },
};

/** Writes a table down, a line for each thing. */
export function tableText(spec: TableSpec): string {
  const { revision: _revision, routes, upstreams, cohorts, rollouts, tests, ...file } = spec;
  const lines = [
    ...differences(file, FILE_DEFAULTS),
    ...upstreams
      .filter((upstream) => !isDeepStrictEqual({ ...upstream, written: [] }, LEGACY))
      .map(upstreamText),
    ...cohorts.flatMap(cohortLines),
    ...rollouts.map(({ name, stage }) => `rollout ${name}: ${formatStage(stage)}`),
    ...routes.flatMap((route) => routeLines(route, spec)),
    ...tests.map(testText),
  ];
  return lines.join('\n') || 'a table without routes';
}

function upstreamText({ name, origins, ...rest }: Upstream): string {
  const { timeouts, written: _written, ...plain } = rest;
  const more = differences(
    { ...plain, ...timeouts },
    { host: undefined, rewrite: false, ...timeoutDefaults },
  );
  return [`upstream ${name}: ${origins.join(' ')}`, ...more].join(', ');
}

function cohortLines({ name, rules }: Cohort): readonly string[] {
  return rules.map((rule) => `cohort ${name}: ${ruleText(rule)}`);
}

function ruleText(rule: CohortRule): string {
  switch (rule.kind) {
    case 'session':
      return `session ${rule.path.join('.')} is ${rule.values.map(quoted).join(' or ')}`;
    case 'cookie':
      return `cookie ${rule.name} is ${rule.values.map(quoted).join(' or ')}`;
    case 'ip':
      return `ip in ${rule.networks.join(' or ')}`;
  }
}

function routeLines(route: Route, spec: TableSpec): readonly string[] {
  const { name, patterns, body, when, stage, rollout, newSide, position: _position, ...rest } = route;
  const by = rollout === undefined ? '' : ` by ${rollout}`;
  const head = `${name}: ${formatStage(stage)}${by}${newSide ? `, ${sideText(newSide)}` : ''}`;
  const { body: largest, inFlight } = spec.limits;
  const defaults = {
    ...{
      fallback: 'legacy',
      lock: undefined,
      respelled: spec.respelled,
      timeouts: {},
      methodOverride: false,
    },
    limits: { body: largest, inFlight },
  };
  return [
    [head, ...differences(rest, defaults)].join(', '),
    ...patterns.map((pattern) => `  ${patternText(pattern, (text) => text)}`),
    ...body.map((condition) => `  ${bodyText(condition)}`),
    ...when.map((condition) => `  ${whenText(condition)}`),
  ];
}

function sideText(side: NewSide): string {
  switch (side.kind) {
    case 'handler':
      return `handler ${side.key}`;
    case 'upstream':
      return `upstream ${side.upstream}`;
    case 'redirect':
      return `redirect ${side.status} ${side.location}`;
  }
}

function bodyText({ name, value }: BodyCondition): string {
  return `body ${fieldText(name)} is ${quoted(value)}`;
}

function whenText({ source, name, test }: WhenCondition): string {
  switch (test.kind) {
    case 'equals':
      return `${source} ${name} is ${quoted(test.value)}`;
    case 'contains':
      return `${source} ${name} contains ${quoted(test.text)}`;
    case 'present':
    case 'absent':
      return `${source} ${name} is ${test.kind}`;
  }
}

function testText({ method, host, target, headers, body, expected }: RouteTest): string {
  const meets = expected.kind === 'route' ? expected.name : `(${expected.kind})`;
  const fields = Object.entries(headers).map(([name, value]) => ` ${name}=${quoted(value)}`);
  return `test ${method} ${host}${target}${fields.join('')}${body === undefined ? '' : ` body ${quoted(body)}`} meets ${meets}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

/** `key value` of whatever is not as by default. */
function differences(
  values: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.entries(values)
    .filter(([key, value]) => !isDeepStrictEqual(value, defaults[key]))
    .map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
}
