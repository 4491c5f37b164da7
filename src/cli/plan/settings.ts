// Settings as words, and how they differ.
import { formatDuration } from '../../duration.ts';
import { maskUserInfo } from '../../mask.ts';
import { fieldName } from '../../routing/pattern-conditions.ts';
import type { Cohort, CohortRule, Route, TableSpec, Timeouts, Upstream } from '../../routing/route.ts';
import { formatSize } from '../../size.ts';
import { whenText } from '../table-text.ts';
import { code, type Sentence, say } from './sentence.ts';

/** Keys as in routes.yaml, and their values in words. */
export type Settings = ReadonlyMap<string, string>;

const NONE = 'none';

/** Says each setting that differs; one without a key is told by its values alone. */
export function changedSettings(before: Settings, after: Settings): readonly Sentence[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].flatMap((key) => {
    const [was, is] = [before.get(key) ?? NONE, after.get(key) ?? NONE];
    if (was === is) return [];
    return [key === '' ? say`${code(was)} → ${code(is)}` : say`${code(key)} ${code(was)} → ${code(is)}`];
  });
}

/** Tells an upstream; its address first, with variables as they are written. */
export function upstreamSettings({ written, host, rewrite, timeouts }: Upstream): Settings {
  return new Map([
    ['', maskUserInfo(written.join(', '))],
    ['host', host ?? 'preserve'],
    ['rewrite', String(rewrite)],
    ...timeoutSettings(timeouts),
  ]);
}

/** Tells a cohort by its rules. */
export function cohortSettings({ rules }: Cohort): Settings {
  return new Map([['', rules.map(ruleText).join(' or ')]]);
}

function ruleText(rule: CohortRule): string {
  switch (rule.kind) {
    case 'session':
      return `session ${rule.path.join('.')}: ${rule.values.join('|')}`;
    case 'cookie':
      return `cookie ${rule.name}: ${rule.values.join('|')}`;
    case 'ip':
      return `ip ${rule.networks.join(', ')}`;
  }
}

/** Tells what holds for all routes. */
export function tableSettings({ unmatched, respelled, paths, limits, compression }: TableSpec): Settings {
  return new Map([
    ['unmatched', String(unmatched)],
    ['respelled', respelled],
    ['paths.trailingSlash', paths.trailingSlash],
    ['paths.case', paths.case],
    ['compression', compression],
    ['limits.url', formatSize(limits.url)],
    ['limits.fields', String(limits.fields)],
    ['limits.connections', String(limits.connections)],
    ...limitSettings(limits),
  ]);
}

/** Tells what a route says by itself: what it has from the whole file is told there. */
export function routeSettings(route: Route, spec: TableSpec): Settings {
  const own = new Map([
    ['body', list(route.body.map(({ name, value }) => `${fieldName(name)}=${value}`))],
    ['when', list(route.when.map(whenText))],
    ['fallback', route.fallback],
    ['lock', route.lock ?? NONE],
    ['methodOverride', String(route.methodOverride)],
    ...timeoutSettings(route.timeouts),
  ]);
  const shared = new Map([['respelled', route.respelled], ...limitSettings(route.limits)]);
  const whole = tableSettings(spec);
  for (const [key, value] of shared) own.set(key, value === whole.get(key) ? 'as for all routes' : value);
  return own;
}

function timeoutSettings(timeouts: Partial<Timeouts>): readonly [string, string][] {
  return Object.entries(timeouts).map(([name, ms]) => [
    `timeouts.${name}`,
    ms === undefined ? NONE : formatDuration(ms),
  ]);
}

function limitSettings({ body, inFlight }: Route['limits']): readonly [string, string][] {
  return [
    ['limits.body', body === undefined ? NONE : formatSize(body)],
    ['limits.inFlight', String(inFlight)],
  ];
}

function list(words: readonly string[]): string {
  return words.length === 0 ? NONE : words.join(', ');
}
