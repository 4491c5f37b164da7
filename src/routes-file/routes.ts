// One entry of routes: → a Route, with what holds by default filled in.
import { parsePattern } from '../routing/pattern.ts';
import type { Problem } from '../routing/problem.ts';
import type { NewSide, Pattern, Position, Respelled, Route, RouteLimits, Stage } from '../routing/route.ts';
import { suggestion } from '../suggest.ts';
import { readBody, readWhen } from './conditions.ts';
import type { Entry } from './merge.ts';
import { splitBehind } from './quoting.ts';
import { readRedirect, uncapturedFault } from './redirects.ts';
import { MEETINGS } from './route-tests.ts';
import type { RouteEntry } from './schema.ts';
import type { StageReader } from './stages.ts';

/** What a route is read with: what other parts of the file say. */
export type RouteContext = {
  readonly problems: Problem[];
  readonly stages: StageReader;
  /** The upstreams that are declared, `legacy` included. */
  readonly upstreams: ReadonlySet<string>;
  /** A file cannot be read: names that seem not to be declared may stand there. */
  readonly isPartial: boolean;
  readonly limits: RouteLimits;
  readonly respelled: Respelled;
};

type Reading = Entry<RouteEntry> & RouteContext;

/** Reads a route; what is wrong is added to the problems. */
export function readRoute(entry: Entry<RouteEntry>, context: RouteContext): Route {
  const reading: Reading = { ...entry, ...context };
  const { name, value, defaults, source } = reading;
  if (MEETINGS.some((meeting) => meeting === name)) refuseName(reading);
  const newSide = readNewSide(reading);
  const { stage, position } = context.stages.ofRoute(entry);
  checkStage(stage, position, newSide, reading);
  const patterns = readPatterns(reading);
  if (newSide?.kind === 'redirect') checkParameters(newSide.location, patterns, reading);
  return {
    name,
    patterns,
    body: readBody(reading),
    when: readWhen(reading),
    stage,
    rollout: value.rollout,
    newSide,
    fallback: context.upstreams.has('legacy') ? (value.fallback ?? defaults.fallback ?? 'legacy') : 'none',
    lock: value.lock,
    respelled: value.respelled ?? defaults.respelled ?? context.respelled,
    timeouts: { ...defaults.timeouts, ...value.timeouts },
    limits: { ...context.limits, ...defaults.limits, ...value.limits },
    methodOverride: value.methodOverride ?? defaults.methodOverride ?? false,
    position: source.position(['routes'], name),
  };
}

/** In tests these stand for what is no route. */
function refuseName({ name, source, problems }: Reading): void {
  problems.push({
    code: 'invalid-name',
    position: source.position(['routes'], name),
    message: `"${name}" is no name for a route: tests say it of requests that meet none`,
    cure: 'give the route another name',
  });
}

/** A stage at which the new side may answer needs one; a locked route has none but legacy. */
function checkStage(stage: Stage, position: Position, newSide: NewSide | undefined, reading: Reading): void {
  const { name, value, source, problems } = reading;
  if (value.lock !== undefined && stage.word !== 'legacy') {
    problems.push({
      code: 'locked-stage',
      position,
      message: `${name} is locked to legacy, but at stage ${stage.word}`,
      cure: 'set stage: legacy, or take the lock away first',
    });
    return;
  }
  if (newSide || stage.word === 'legacy' || stage.word === 'gone') return;
  // A new side that cannot be read has been told.
  const written = source.tree(['routes', name]).children;
  if (SIDES.some((key) => written.has(key))) return;
  problems.push({
    code: 'missing-new-side',
    position,
    message: `${name} is at stage ${stage.word}, but nothing is there to answer it`,
    cure: 'add handler, upstream or redirect, or set stage: legacy',
  });
}

function readPatterns({ name, value, source, problems }: Reading): readonly Pattern[] {
  const places = [
    { text: value.match, parent: ['routes', name], key: 'match' },
    ...(value.also ?? []).map((text, key) => ({ text, parent: ['routes', name, 'also'], key })),
  ];
  const split = new Set<PropertyKey>();
  return places.flatMap(({ text, parent, key }) => {
    const position = source.position([...parent, key]);
    const result = parsePattern(text, position);
    if (result.ok) return [result.pattern];
    // The rest of a match that a comma has split has been told with its first half.
    if (split.has(key)) return [];
    const comma = splitBehind(source, parent, key);
    // What a comma has split off a value between braces is a key to YAML, and has been told as one.
    if (comma && key === 'match') return [];
    if (comma) split.add(Number(key) + 1);
    const { message, cure } = result;
    problems.push(comma ?? { code: 'invalid-match', position, message, cure });
    return [];
  });
}

const SIDES = ['handler', 'upstream', 'redirect'] as const;

function sidesOf(entry: RouteEntry): readonly (typeof SIDES)[number][] {
  return SIDES.filter((key) => entry[key] !== undefined);
}

function readNewSide(reading: Reading): NewSide | undefined {
  const { name, value, source, problems } = reading;
  const sides = sidesOf(value);
  if (sides.length > 1) {
    problems.push({
      code: 'several-new-sides',
      position: source.position(['routes', name], sides[1]),
      message: `${name} has ${sides.join(' and ')}`,
      cure: 'keep one: a route has one new side',
    });
  }
  if (value.handler !== undefined)
    return handlerSide(value.handler, source.position(['routes', name, 'handler']));
  if (value.redirect !== undefined) return redirectSide(value.redirect, reading);
  return value.upstream === undefined ? undefined : upstreamSide(value.upstream, reading);
}

function handlerSide(handler: string, position: Position): NewSide {
  const [module = '', exportName = 'default'] = handler.split('#');
  return { kind: 'handler', key: `${module}#${exportName}`, module, exportName, position };
}

function redirectSide(redirect: string, { name, source, problems }: Reading): NewSide | undefined {
  const result = readRedirect(redirect);
  if (result.ok) return result.side;
  const position = source.position(['routes', name, 'redirect']);
  problems.push({ code: 'invalid-redirect', position, message: result.message, cure: result.cure });
  return undefined;
}

/** A redirect may only name what each of the route's matches captures. */
function checkParameters(location: string, patterns: readonly Pattern[], reading: Reading): void {
  const fault = uncapturedFault(location, patterns);
  if (!fault) return;
  const position = reading.source.position(['routes', reading.name, 'redirect']);
  reading.problems.push({ code: 'invalid-redirect', position, ...fault });
}

function upstreamSide(upstream: string, reading: Reading): NewSide {
  const { name, source, problems, upstreams, isPartial } = reading;
  if (!upstreams.has(upstream) && !isPartial) {
    problems.push({
      code: 'unknown-upstream',
      position: source.position(['routes', name, 'upstream']),
      message: `there is no upstream "${upstream}"`,
      cure: suggestion(upstream, [...upstreams]),
    });
  }
  return { kind: 'upstream', upstream };
}
