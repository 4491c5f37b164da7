// Text of routes.yaml → TableSpec, or every problem of the file at once.
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { parameterNames, redirectParameters } from '../routing/parameters.ts';
import { parsePattern } from '../routing/pattern.ts';
import { byPosition, type Problem } from '../routing/problem.ts';
import type {
  NewSide,
  Pattern,
  Position,
  RedirectStatus,
  Route,
  RouteLimits,
  TableSpec,
  Upstream,
} from '../routing/route.ts';
import { buildTable } from '../routing/table.ts';
import { parseYaml, type YamlSource } from './document.ts';
import { type RouteEntry, type RoutesFile, routesFileSchema } from './schema.ts';
import { schemaProblems, withoutFaulty } from './schema-problems.ts';
import { suggestion } from './suggest.ts';
import { readUpstreams } from './upstreams.ts';

const MAX_BYTES = 5 * 1024 * 1024;

/** What the file is read with: its name for messages, and what the environment adds to it. */
export type LoadContext = {
  readonly file: string;
  /** LEGACY_URL, used where the file declares no upstream `legacy`. */
  readonly legacyUrl: string | undefined;
  /** Looks up `${NAME}` in upstream URLs. */
  readonly variable: (name: string) => string | undefined;
};

export type LoadResult =
  | { readonly ok: true; readonly spec: TableSpec }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads a routes file. Never throws for what stands in it: problems come back together, in file order. */
export function loadRoutes(text: string, context: LoadContext): LoadResult {
  if (Buffer.byteLength(text) > MAX_BYTES) return tooLarge(context.file);
  if (text.trim() === '') return emptyFile(context.file);
  const yaml = parseYaml(text, context.file);
  if (yaml.ok && yaml.source.values === null) return emptyFile(context.file);
  if (!yaml.ok) return failed(yaml.problems);
  const parsed = routesFileSchema.safeParse(yaml.source.values);
  if (parsed.success) return assemble(parsed.data, yaml.source, context);
  const { issues } = parsed.error;
  const problems = issues.flatMap((issue) => schemaProblems(issue, yaml.source));
  return failed([...problems, ...problemsOfTheRest(issues, yaml.source, context)]);
}

/** What is wrong with the entries whose shape is right, but for what follows from leaving out the others. */
function problemsOfTheRest(
  issues: readonly z.core.$ZodIssue[],
  source: YamlSource,
  context: LoadContext,
): readonly Problem[] {
  const rest = routesFileSchema.safeParse(withoutFaulty(source.values, issues));
  const result = rest.success ? assemble(rest.data, source, context) : undefined;
  if (!result || result.ok) return [];
  return result.problems.filter(({ code }) => code !== 'unknown-upstream' && code !== 'missing-legacy');
}

/** Builds the table of an edge that has no routes file: everything goes to legacy. */
export function tableWithoutFile(legacyUrl: string): LoadResult {
  return loadRoutes('routes: {}', { file: 'LEGACY_URL', legacyUrl, variable: () => undefined });
}

function assemble(file: RoutesFile, source: YamlSource, context: LoadContext): LoadResult {
  const problems: Problem[] = [];
  const upstreams = readUpstreams(file.upstreams, source, context, problems);
  const { unmatched, limits, compression } = file;
  const ofRoutes = { body: limits.body, inFlight: limits.inFlight };
  const routes = Object.entries(file.routes).map(([name, entry]) =>
    readRoute(name, entry, { source, problems, upstreams, limits: ofRoutes }),
  );
  const legacyIsNeeded = unmatched === 'legacy' || routes.some((route) => route.stage.word === 'legacy');
  if (legacyIsNeeded && !upstreams.some((upstream) => upstream.name === 'legacy')) {
    problems.push(missingLegacy(source.position(['upstreams'])));
  }
  if (problems.length > 0) return failed(problems);
  const spec = withRevision({
    ...{ routes, upstreams, unmatched, limits, compression },
    ...{ cohorts: [], rollouts: [], tests: [], respelled: 'refuse' },
    paths: { trailingSlash: 'strict', case: 'strict' },
  });
  const built = buildTable(spec);
  return built.ok ? { ok: true, spec } : failed(built.problems);
}

type RouteContext = {
  readonly limits: RouteLimits;
  readonly source: YamlSource;
  readonly problems: Problem[];
  readonly upstreams: readonly Upstream[];
};

function readRoute(name: string, entry: RouteEntry, context: RouteContext): Route {
  const newSide = readNewSide(name, entry, context);
  if (entry.stage === 'new' && !newSide) {
    context.problems.push({
      code: 'missing-new-side',
      position: context.source.position(['routes', name], 'stage'),
      message: `${name} is at stage new, but nothing is there to answer it`,
      cure: 'add handler, upstream or redirect, or set stage: legacy',
    });
  }
  const patterns = readPatterns(name, entry, context);
  if (newSide?.kind === 'redirect') checkRedirect(name, newSide.location, patterns, context);
  return {
    name,
    patterns,
    body: [],
    when: [],
    stage: { word: entry.stage, percent: undefined, cohorts: [] },
    rollout: undefined,
    newSide,
    fallback: context.upstreams.some(({ name }) => name === 'legacy') ? entry.fallback : 'none',
    lock: undefined,
    respelled: 'refuse',
    timeouts: entry.timeouts,
    limits: { ...context.limits, ...entry.limits },
    methodOverride: entry.methodOverride,
    position: context.source.position(['routes', name]),
  };
}

function readPatterns(
  name: string,
  entry: RouteEntry,
  { source, problems }: RouteContext,
): readonly Pattern[] {
  const places = [
    { text: entry.match, path: ['routes', name, 'match'] },
    ...entry.also.map((text, index) => ({ text, path: ['routes', name, 'also', index] })),
  ];
  return places.flatMap(({ text, path }) => {
    const position = source.position(path);
    const result = parsePattern(text, position);
    if (result.ok) return [result.pattern];
    problems.push({ code: 'invalid-match', position, message: result.message, cure: result.cure });
    return [];
  });
}

function readNewSide(name: string, entry: RouteEntry, context: RouteContext): NewSide | undefined {
  const sides = (['handler', 'upstream', 'redirect'] as const).filter((key) => entry[key] !== undefined);
  if (sides.length > 1) {
    context.problems.push({
      code: 'several-new-sides',
      position: context.source.position(['routes', name], sides[1]),
      message: `${name} has ${sides.join(' and ')}`,
      cure: 'keep one: a route has one new side',
    });
  }
  if (entry.handler !== undefined) {
    return handlerSide(entry.handler, context.source.position(['routes', name, 'handler']));
  }
  if (entry.redirect !== undefined) return redirectSide(entry.redirect);
  return entry.upstream === undefined ? undefined : upstreamSide(name, entry.upstream, context);
}

function handlerSide(handler: string, position: Position): NewSide {
  const [module = '', exportName = 'default'] = handler.split('#');
  return { kind: 'handler', key: `${module}#${exportName}`, module, exportName, position };
}

/** A redirect may only name what each of the route's matches captures. */
function checkRedirect(
  name: string,
  location: string,
  patterns: readonly Pattern[],
  { source, problems }: RouteContext,
): void {
  for (const used of redirectParameters(location)) {
    const without = patterns.find((pattern) => !parameterNames(pattern).includes(used));
    if (!without) continue;
    problems.push({
      code: 'invalid-value',
      position: source.position(['routes', name, 'redirect']),
      message: `the redirect names ${used === '*' ? '*' : `:${used}`}, which "${without.text}" does not capture`,
      cure: 'name only what every match of the route captures',
    });
  }
}

function redirectSide(redirect: string): NewSide {
  const [status = '', location = ''] = redirect.split(' ');
  return { kind: 'redirect', status: Number(status) as RedirectStatus, location: asciiLocation(location) };
}

/** A header field holds ASCII: other characters are escaped as browsers escape them. */
function asciiLocation(location: string): string {
  return location.replace(/[^\x21-\x7e]+/g, encodeURIComponent);
}

function upstreamSide(
  name: string,
  upstream: string,
  { source, problems, upstreams }: RouteContext,
): NewSide {
  const names = upstreams.map((known) => known.name);
  if (!names.includes(upstream)) {
    problems.push({
      code: 'unknown-upstream',
      position: source.position(['routes', name, 'upstream']),
      message: `there is no upstream "${upstream}"`,
      cure: suggestion(upstream, names),
    });
  }
  return { kind: 'upstream', upstream };
}

function missingLegacy(position: Position): Problem {
  return {
    code: 'missing-legacy',
    position,
    message: 'requests may go to legacy, but nothing says where it is',
    cure: 'set LEGACY_URL, or add upstreams: { legacy: http://127.0.0.1:8080 }',
  };
}

function tooLarge(file: string): LoadResult {
  const position = { file, line: 1, column: 1 };
  return failed([
    {
      code: 'file-too-large',
      position,
      message: 'the file is larger than 5 MiB',
      cure: 'split the application',
    },
  ]);
}

/** An empty file is what a writer leaves for a moment; taken at its word it would undo every route. */
function emptyFile(file: string): LoadResult {
  const position = { file, line: 1, column: 1 };
  return failed([
    {
      code: 'file-empty',
      position,
      message: 'the file is empty',
      cure: 'write routes: {} for a table without routes',
    },
  ]);
}

function failed(problems: readonly Problem[]): LoadResult {
  return { ok: false, problems: problems.toSorted(byPosition) };
}

/** Names a table by what it means: positions and the file's layout have no part in the revision. */
function withRevision(spec: Omit<TableSpec, 'revision'>): TableSpec {
  const routes = spec.routes
    .map((route) => ({ ...route, patterns: route.patterns.map(({ text, ...read }) => read) }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const meaning = JSON.stringify({ ...spec, routes }, (key, value) =>
    key === 'position' ? undefined : value,
  );
  return { ...spec, revision: createHash('sha256').update(meaning).digest('hex').slice(0, 8) };
}
