// Compiles the routes of one revision into the immutable table that requests are matched against.
import type { PhpArray } from '../php/value.ts';
import { type Entry, entryOf, Shapes } from './entry.ts';
import { Hosts } from './hosts.ts';
import { Matcher } from './matcher.ts';
import type { Problem } from './problem.ts';
import type { Limits, Parameters, Respelled, Route, TableSpec, Upstream } from './route.ts';
import type { SearchTable } from './search.ts';
import { findProblems } from './table-problems.ts';
import { insert, type Node } from './trie.ts';

/** What matching needs of a request. */
export type MatchInput = {
  readonly method: string;
  /** In lower case and without a port; empty where there is none. */
  readonly host: string;
  /** The path as it was asked for, without the query: the table finds its canonical form, and the others. */
  readonly path: string;
  /** The raw query without its `?`. */
  readonly query: string | undefined;
  /** Looks up a header field by its name in lower case. */
  header(name: string): string | undefined;
  /** Looks up a cookie as PHP reads it. */
  cookie(name: string): string | undefined;
  /** The fields of a urlencoded body; undefined where it has not been read, null where none can be read. */
  readonly body: PhpArray | undefined | null;
};

export type Match = { readonly route: Route; readonly parameters: Parameters };

export type MatchResult =
  | ({ readonly kind: 'matched' } & Match)
  | { readonly kind: 'undeclared' }
  /** A route that may win has `body` conditions: read the body and match again. */
  | { readonly kind: 'needs-body' }
  /** Another server may read the path as that of another route. */
  | {
      readonly kind: 'respelled';
      readonly canonical: Route | undefined;
      /** Undefined where there are more readings than are tried. */
      readonly other: Route | undefined;
      /** The path as it may be read. */
      readonly reading: string;
      readonly answer: Respelled;
    };

/** All routes of one revision, ready to match. Immutable: a new revision is a new table. */
export type Table = {
  readonly revision: string;
  readonly routes: ReadonlyMap<string, Route>;
  readonly upstreams: readonly Upstream[];
  readonly unmatched: 'legacy' | 404;
  readonly limits: Limits;
  readonly compression: TableSpec['compression'];
  match(input: MatchInput): MatchResult;
};

export type TableResult =
  | { readonly ok: true; readonly table: Table; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** So many patterns are worked on between two pauses: a millisecond or two. */
const SLICE = 100;

/** Builds the table, or returns all that is wrong with it. */
export function buildTable(spec: TableSpec): TableResult {
  const { table, entries, hosts } = finish(compile(spec));
  const problems = findProblems(entries, hosts, spec.paths);
  if (problems.some(({ severity }) => severity !== 'warning')) return { ok: false, problems };
  return { ok: true, table, warnings: problems };
}

/** Builds the table of a spec that buildTable has found nothing wrong with. Awaits `pause` every few milliseconds. */
export async function buildTableInSlices(spec: TableSpec, pause: () => Promise<void>): Promise<Table> {
  const steps = compile(spec);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value.table;
    await pause();
  }
}

function finish<Result>(steps: Generator<void, Result>): Result {
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

type Compiled = { readonly table: Table; readonly entries: readonly Entry[]; readonly hosts: Hosts };

/** Compiles the patterns; yields between slices of the work. */
function* compile(spec: TableSpec): Generator<void, Compiled> {
  const entries: Entry[] = [];
  const hosts = new Hosts();
  const shapes = new Shapes();
  const routes = new Map<string, Route>();
  const tailMayBeEmpty = spec.paths.trailingSlash === 'ignore';
  for (const route of spec.routes) {
    routes.set(route.name, route);
    for (const pattern of route.patterns) {
      const entry = entryOf(route, pattern, spec.paths, shapes);
      entries.push(entry);
      insert(hosts.rootFor(entry), entry, tailMayBeEmpty);
      if (entries.length % SLICE === 0) yield;
    }
  }
  yield* settleAll(hosts.all().map(({ root }) => root));
  yield;
  const depth = entries.reduce((most, { segments }) => Math.max(most, segments.length), 0);
  return { table: tableOf(spec, routes, { hosts, depth, tailMayBeEmpty }), entries, hosts };
}

function tableOf(spec: TableSpec, routes: Table['routes'], compiled: SearchTable): Table {
  const matcher = new Matcher(compiled, spec);
  return {
    revision: spec.revision,
    routes,
    upstreams: spec.upstreams,
    unmatched: spec.unmatched,
    limits: spec.limits,
    compression: spec.compression,
    match: (input) => matcher.match(input),
  };
}

function* settleAll(roots: readonly Node[]): Generator<void> {
  const nodes = [...roots];
  for (let index = 0; index < nodes.length; index += 1) {
    const node = nodes[index];
    if (node) yield* node.settle();
    for (const child of node?.children() ?? []) nodes.push(child);
    if (index % SLICE === SLICE - 1) yield;
  }
}
