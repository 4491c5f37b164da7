// A table for people: its routes, its upstreams, and what holds for all of it.
import { describeRoute, type RouteDescription } from '../admin/routes.ts';
import { formatDuration } from '../duration.ts';
import type { TableSpec, WhenCondition } from '../routing/route.ts';
import { formatSize } from '../size.ts';
import { textTable } from './text-table.ts';

const HEAD = ['ROUTE', 'STAGE', 'MATCH', 'NEW SIDE', 'FALLBACK', 'TIMEOUTS', 'LIMITS'];
const UPSTREAM_HEAD = ['UPSTREAM', 'ADDRESSES', 'HOST', 'REWRITE', 'TIMEOUTS'];

/** Lays out a table in three parts, each line as wide as it needs to be. */
export function tableText(spec: TableSpec): string {
  const routes = spec.routes.map((route) => {
    const described = describeRoute(route, spec.upstreams);
    return [
      ...[route.name, stageText(described), matchText(described, route.when)],
      ...[
        described.newSide ?? '-',
        described.fallback,
        timeoutsText(described),
        limitsText(described.limits),
      ],
    ];
  });
  const upstreams = spec.upstreams.map(({ name, origins, host, rewrite, timeouts }) => [
    ...[name, origins.join('\n'), host ?? 'preserve', rewrite ? 'yes' : 'no', durations(timeouts)],
  ]);
  const parts = [
    ...(routes.length > 0 ? [textTable([HEAD, ...routes])] : []),
    ...(upstreams.length > 0 ? [textTable([UPSTREAM_HEAD, ...upstreams])] : []),
    wholeText(spec),
  ];
  return parts.map((lines) => lines.join('\n')).join('\n\n');
}

function stageText({ stage, rollout, lock }: RouteDescription): string {
  const notes = [...(rollout === null ? [] : [`rollout ${rollout}`]), ...(lock === null ? [] : ['locked'])];
  return notes.length > 0 ? `${stage} (${notes.join(', ')})` : stage;
}

function matchText({ match, also, body }: RouteDescription, when: readonly WhenCondition[]): string {
  const fields = body.map(({ name, value }) => `  body ${name}=${value}`);
  return [match ?? '', ...also, ...fields, ...when.map((condition) => `  ${whenText(condition)}`)].join('\n');
}

/** Tells a condition on a header field or cookie. */
export function whenText({ source, name, test }: WhenCondition): string {
  switch (test.kind) {
    case 'equals':
      return `${source} ${name}: ${test.value}`;
    case 'contains':
      return `${source} ${name} contains ${test.text}`;
    case 'present':
      return `${source} ${name} is there`;
    case 'absent':
      return `${source} ${name} is not there`;
  }
}

function timeoutsText({ timeouts, newSide }: RouteDescription): string {
  const sides = [
    ...(timeouts.legacy ? [durations(timeouts.legacy)] : []),
    ...(timeouts.new && newSide !== null ? [`${newSide.split(' ')[0]}: ${newSideText(timeouts.new)}`] : []),
  ];
  return sides.join('\n') || '-';
}

/** What a handler says of its own timeout stands in its file. */
function newSideText(timeouts: NonNullable<RouteDescription['timeouts']['new']>): string {
  if (!('unlessItSays' in timeouts)) return durations(timeouts);
  const { total, unlessItSays } = timeouts;
  const own = `${formatDuration(unlessItSays)} unless it says otherwise`;
  return total === null ? own : `${own}, total ${formatDuration(total)}`;
}

/** Tells timeouts in the order in which they pass. */
export function durations(timeouts: Readonly<Record<string, number | null | undefined>>): string {
  return Object.entries(timeouts)
    .map(([name, ms]) => `${name} ${ms === null || ms === undefined ? 'any' : formatDuration(ms)}`)
    .join(', ');
}

function limitsText({ body, inFlight }: RouteDescription['limits']): string {
  return `body ${body === null ? 'any' : formatSize(body)}, inFlight ${inFlight}`;
}

function wholeText(spec: TableSpec): readonly string[] {
  const { limits, paths, unmatched, respelled, compression } = spec;
  return [
    `revision ${spec.revision}, ${spec.routes.length} route${spec.routes.length === 1 ? '' : 's'}`,
    `unmatched ${unmatched}, respelled ${respelled}, compression ${compression}`,
    `paths: trailingSlash ${paths.trailingSlash}, case ${paths.case}`,
    `limits: url ${formatSize(limits.url)}, fields ${limits.fields}, connections ${limits.connections}`,
  ];
}
