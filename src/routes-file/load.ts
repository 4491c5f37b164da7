// Text of routes.yaml → TableSpec, or every problem of the file at once.
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { parsePattern } from '../routing/pattern.ts';
import { byPosition, type Problem, type ProblemCode } from '../routing/problem.ts';
import type {
  NewSide,
  Pattern,
  Position,
  RedirectStatus,
  Route,
  TableSpec,
  Upstream,
} from '../routing/route.ts';
import { buildTable } from '../routing/table.ts';
import { parseYaml, type YamlSource } from './document.ts';
import { knownKeys, type RouteEntry, type RoutesFile, routesFileSchema } from './schema.ts';
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
  if (!yaml.ok) return failed(yaml.problems);
  const parsed = routesFileSchema.safeParse(yaml.source.values);
  if (!parsed.success) {
    return failed(parsed.error.issues.flatMap((issue) => schemaProblems(issue, yaml.source)));
  }
  return assemble(parsed.data, yaml.source, context);
}

/** Builds the table of an edge that has no routes file: everything goes to legacy. */
export function tableWithoutFile(legacyUrl: string): LoadResult {
  return loadRoutes('routes: {}', { file: 'LEGACY_URL', legacyUrl, variable: () => undefined });
}

function assemble(file: RoutesFile, source: YamlSource, context: LoadContext): LoadResult {
  const problems: Problem[] = [];
  const upstreams = readUpstreams(file.upstreams, source, context, problems);
  const routes = Object.entries(file.routes).map(([name, entry]) =>
    readRoute(name, entry, { source, problems, upstreams }),
  );
  const legacyIsNeeded = file.unmatched === 'legacy' || routes.some((route) => route.stage === 'legacy');
  if (legacyIsNeeded && !upstreams.some((upstream) => upstream.name === 'legacy')) {
    problems.push(missingLegacy(source.position(['upstreams'])));
  }
  if (problems.length > 0) return failed(problems);
  const spec = withRevision({ routes, upstreams, unmatched: file.unmatched });
  const built = buildTable(spec);
  return built.ok ? { ok: true, spec } : failed(built.conflicts.map(conflictProblem));
}

type RouteContext = {
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
  return {
    name,
    patterns: readPatterns(name, entry, context),
    stage: entry.stage,
    newSide,
    fallback: entry.fallback,
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

function redirectSide(redirect: string): NewSide {
  const [status = '', location = ''] = redirect.split(' ');
  return { kind: 'redirect', status: Number(status) as RedirectStatus, location };
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

function schemaProblems(issue: z.core.$ZodIssue, source: YamlSource): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      code: 'unknown-key',
      position: source.position(issue.path, key),
      message: `there is no key "${key}" here`,
      cure: suggestion(key, knownKeys(issue.path)),
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return unionProblems(issue, source);
  const isMissing = issue.code === 'invalid_type' && valueAt(source.values, issue.path) === undefined;
  const code: ProblemCode = isMissing
    ? 'missing-key'
    : issue.code === 'invalid_key'
      ? 'invalid-name'
      : 'invalid-value';
  const key = String(issue.path.at(-1) ?? '');
  return [
    {
      code,
      position: isMissing ? source.position(issue.path.slice(0, -1)) : source.position(issue.path),
      message: isMissing ? `"${key}" is missing` : `${issue.path.join('.')}: ${issue.message}`,
      cure: isMissing ? `add ${key}:` : cureFor(issue, valueAt(source.values, issue.path)),
    },
  ];
}

/** A union's own message says nothing; the branch that came furthest into the value says what is wrong. */
function unionProblems(issue: z.core.$ZodIssueInvalidUnion, source: YamlSource): readonly Problem[] {
  const branches = issue.errors.map((errors) =>
    errors.map((error) => ({ ...error, path: [...issue.path, ...error.path] }) as z.core.$ZodIssue),
  );
  const depth = (branch: readonly z.core.$ZodIssue[]) =>
    Math.max(...branch.map((error) => error.path.length));
  const furthest = branches.toSorted((one, other) => depth(other) - depth(one))[0] ?? [];
  return furthest.flatMap((error) => schemaProblems(error, source));
}

function cureFor(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'invalid_value') return suggestion(String(value), issue.values.map(String));
  if (issue.code === 'invalid_key') return 'rename it';
  return 'see docs/routes-yaml.md for what it takes';
}

function valueAt(values: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    values,
  );
}

function conflictProblem(conflict: { first: Place; second: Place }): Problem {
  const { first, second } = conflict;
  const { file, line } = first.pattern.position;
  return {
    code: 'route-conflict',
    position: second.pattern.position,
    message: `${second.route.name} (${second.pattern.text}) and ${first.route.name} (${first.pattern.text}, ${file}:${line}) match the same requests`,
    cure: 'make one of them more specific, or remove it; the order in the file never decides',
  };
}

type Place = { readonly route: Route; readonly pattern: Pattern };

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
  const meaning = JSON.stringify(spec, (key, value) =>
    key === 'position' || key === 'text' ? undefined : value,
  );
  return { ...spec, revision: createHash('sha256').update(meaning).digest('hex').slice(0, 8) };
}
