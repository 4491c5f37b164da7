// Text of routes.yaml → TableSpec, or every problem of the file at once.
import { byPosition, type Problem } from '../routing/problem.ts';
import type { Position, Route, TableSpec } from '../routing/route.ts';
import { buildTable } from '../routing/table.ts';
import { readCohort } from './cohorts.ts';
import type { YamlSource } from './document.ts';
import { type Gathered, gather, parseFile, type ReadInclude } from './gather.ts';
import { mergeFiles } from './merge.ts';
import { withRevision } from './revision.ts';
import { readTests } from './route-tests.ts';
import { readRoute } from './routes.ts';
import { stagesFileSchema } from './schema.ts';
import { limitDefaults } from './schema-forwarding.ts';
import { schemaProblems } from './schema-problems.ts';
import { readStages } from './stages.ts';
import { readUpstreams } from './upstreams.ts';

/** What the environment adds to the files. */
export type LoadEnvironment = {
  /** LEGACY_URL, used where the files declare no upstream `legacy`. */
  readonly legacyUrl: string | undefined;
  /** Looks up `${NAME}` in upstream URLs. */
  readonly variable: (name: string) => string | undefined;
  /** Stands in for an address whose variables are not set, where nothing is sent; without it that is a problem. */
  readonly unsetAddress?: string;
};

/** A text and the name of its file. */
export type NamedText = { readonly file: string; readonly text: string };

/** What the file is read with: its name for messages, and what the environment adds to it. */
export type LoadContext = LoadEnvironment & {
  readonly file: string;
  /** The stages file: `name: stage`, over what the routes say. */
  readonly stages?: NamedText | undefined;
  /** Reads what is included. Without it, including is a problem. */
  readonly include?: ReadInclude | undefined;
};

export type LoadResult = (
  | { readonly ok: true; readonly spec: TableSpec; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }
) & {
  /** Every text that was read, by the name of its file: for code frames. */
  readonly texts: ReadonlyMap<string, string>;
};

/** Reads a routes file. Never throws for what stands in it: problems come back together, in file order. */
export function loadRoutes(text: string, context: LoadContext): LoadResult {
  return loadGathered(gather(text, context.file, context.include), context.stages, context);
}

/** Builds the table of an edge that has no routes file: everything goes to legacy. */
export function tableWithoutFile(legacyUrl: string): LoadResult {
  return loadRoutes('routes: {}', { file: 'LEGACY_URL', legacyUrl, variable: () => undefined });
}

/** Makes the table of files that have been parsed. */
export function loadGathered(
  gathered: Gathered,
  stages: NamedText | undefined,
  environment: LoadEnvironment,
): LoadResult {
  const texts = stages ? new Map([...gathered.texts, [stages.file, stages.text]]) : gathered.texts;
  const inOrder = (problems: readonly Problem[]) => problems.toSorted(byPlace([...texts.keys()]));
  const problems = [...gathered.problems];
  const overrides = stages && parseStages(stages, problems);
  const spec = assemble(gathered, overrides, environment, problems);
  // Conflicts among what has faults would often go with the faults.
  const built = problems.length === 0 ? buildTable(spec) : undefined;
  if (built?.ok) return { ok: true, spec, warnings: inOrder(built.warnings), texts };
  return { ok: false, problems: inOrder([...problems, ...(built?.problems ?? [])]), texts };
}

function assemble(
  gathered: Gathered,
  overrides: YamlSource | undefined,
  environment: LoadEnvironment,
  problems: Problem[],
): TableSpec {
  const merged = mergeFiles(gathered.sources, problems);
  const isPartial = gathered.isPartial;
  const { paths, respelled = 'refuse', unmatched = 'legacy', limits, compression = 'none' } = merged.file;
  const upstreams = readUpstreams(merged.upstreams, environment, problems);
  const cohorts = merged.cohorts.map((cohort) => readCohort(cohort, problems));
  const stages = readStages(merged, overrides, isPartial, problems);
  const allLimits = { ...limitDefaults, ...limits };
  const names = new Set([...merged.names.upstreams, ...upstreams.map(({ name }) => name)]);
  const context = {
    ...{ problems, stages, upstreams: names, isPartial, respelled },
    limits: { body: allLimits.body, inFlight: allLimits.inFlight },
  };
  const routes = merged.routes.map((route) => readRoute(route, context));
  const first = gathered.sources[0]?.yaml;
  if (first && !isPartial && !names.has('legacy') && isLegacyNeeded(unmatched, respelled, routes)) {
    problems.push(missingLegacy(first.position(['upstreams'])));
  }
  return withRevision({
    ...{ routes, upstreams, cohorts, rollouts: stages.rollouts, respelled, unmatched, compression },
    limits: allLimits,
    paths: { trailingSlash: paths?.trailingSlash ?? 'strict', case: paths?.case ?? 'strict' },
    tests: readTests(merged, isPartial, problems),
  });
}

function isLegacyNeeded(
  unmatched: TableSpec['unmatched'],
  respelled: TableSpec['respelled'],
  routes: readonly Route[],
): boolean {
  return (
    unmatched === 'legacy' ||
    respelled === 'legacy' ||
    routes.some(({ stage, respelled }) => respelled === 'legacy' || !['new', 'gone'].includes(stage.word))
  );
}

/** Parses the stages file; entries whose shape is wrong are told and left out. */
function parseStages({ file, text }: NamedText, problems: Problem[]): YamlSource | undefined {
  const parsed = parseFile(text, file, 'write {} for no stage of its own');
  if (!parsed.ok) {
    problems.push(...parsed.problems);
    return undefined;
  }
  const { source } = parsed;
  const result = stagesFileSchema.safeParse(source.values);
  problems.push(...source.duplicates);
  if (result.success) return source;
  problems.push(...schemaProblems(result.error.issues, source, stagesFileSchema));
  return source;
}

function missingLegacy(position: Position): Problem {
  return {
    code: 'missing-legacy',
    position,
    message: 'requests may go to legacy, but nothing says where it is',
    cure: 'set LEGACY_URL, or add upstreams: { legacy: http://127.0.0.1:8080 }',
  };
}

/** Orders problems file by file, as they stand in each; those of no file come last. */
function byPlace(files: readonly string[]): (one: Problem, other: Problem) => number {
  const rank = ({ position }: Problem) => {
    const index = files.indexOf(position.file);
    return index < 0 ? files.length : index;
  };
  return (one, other) => rank(one) - rank(other) || byPosition(one, other);
}
