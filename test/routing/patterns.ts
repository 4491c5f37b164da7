// Routes and tables for tests, made from what a routes file would say.
import { parsePhpBody } from '../../src/php/request/query.ts';
import { limitDefaults } from '../../src/routes-file/schema-forwarding.ts';
import { splitTarget } from '../../src/routing/canonical-path.ts';
import { type Entry, entryOf } from '../../src/routing/entry.ts';
import { explain } from '../../src/routing/explain.ts';
import { parsePattern } from '../../src/routing/pattern.ts';
import { readFieldPath } from '../../src/routing/pattern-conditions.ts';
import type {
  NewSide,
  Pattern,
  Respelled,
  Route,
  TableSpec,
  WhenCondition,
} from '../../src/routing/route.ts';
import { parseStage } from '../../src/routing/stage.ts';
import {
  buildTable,
  type Match,
  type MatchInput,
  type MatchResult,
  type Table,
} from '../../src/routing/table.ts';

/** Parses a match that is known to be right; `line` tells patterns apart in conflicts. */
export function pattern(text: string, line = 1): Pattern {
  const result = parsePattern(text, { file: 'routes.yaml', line, column: 1 });
  if (!result.ok) throw new Error(`${text}: ${result.message}`);
  return result.pattern;
}

/** What a route of a test may say besides its addresses. */
export type Written = {
  readonly match: string | readonly string[];
  readonly body?: Readonly<Record<string, string>>;
  /** `header x-a=1`, `cookie beta~staff` (contains), `header x-a`, `header !x-a`. */
  readonly when?: readonly string[];
  readonly stage?: string;
  readonly newSide?: NewSide;
  readonly lock?: 'legacy';
  readonly respelled?: Respelled;
};

export type WrittenRoutes = Readonly<Record<string, string | readonly string[] | Written>>;

/** A table specification from names and their addresses, or what else their routes say. */
export function spec(routes: WrittenRoutes, file: Partial<TableSpec> = {}): TableSpec {
  return {
    revision: 'r1',
    unmatched: 'legacy',
    ...{ upstreams: [], cohorts: [], rollouts: [], tests: [] },
    paths: { trailingSlash: 'strict', case: 'strict' },
    respelled: 'refuse',
    limits: limitDefaults,
    compression: 'none',
    routes: Object.entries(routes).map(([name, written], index) => routeOf(name, written, index + 1)),
    ...file,
  };
}

function routeOf(name: string, written: string | readonly string[] | Written, line: number): Route {
  const {
    match,
    body = {},
    when = [],
    stage = 'legacy',
    ...rest
  } = typeof written === 'object' && 'match' in written ? written : { match: written };
  const read = parseStage(stage);
  if (!read.ok) throw new Error(read.message);
  return {
    name,
    patterns: [match].flat().map((text) => pattern(text, line)),
    body: Object.entries(body).map(([field, value]) => ({ name: readFieldPath(field), value })),
    when: when.map(condition),
    stage: read.stage,
    ...{ rollout: undefined, newSide: undefined, fallback: 'legacy', lock: undefined, respelled: 'refuse' },
    ...{ timeouts: {}, limits: limitDefaults, methodOverride: false },
    position: { file: 'routes.yaml', line, column: 1 },
    ...rest,
  };
}

function condition(text: string): WhenCondition {
  const [, source, not, name = '', how, value = ''] =
    /^(header|cookie) (!?)([\w-]+)(?:([=~])(.*))?$/.exec(text) ?? [];
  const test = (): WhenCondition['test'] => {
    if (not) return { kind: 'absent' };
    if (how === undefined) return { kind: 'present' };
    return how === '=' ? { kind: 'equals', value } : { kind: 'contains', text: value };
  };
  return { source: source === 'cookie' ? 'cookie' : 'header', name, test: test() };
}

/** All patterns of a specification, compiled. */
export function entriesOf({ routes, paths }: TableSpec): readonly Entry[] {
  return routes.flatMap((route) => route.patterns.map((one) => entryOf(route, one, paths)));
}

/** A table that is known to have no conflicts. */
export function table(routes: WrittenRoutes, file: Partial<TableSpec> = {}): Table {
  const written = spec(routes, file);
  const result = buildTable(written);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  specs.set(result.table, written);
  return result.table;
}

const specs = new WeakMap<Table, TableSpec>();

/** What a request may have besides its method and target. */
export type Extras = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  /** The urlencoded body; null where there is none. */
  readonly body?: string | null;
  /** Whether the body has not been read yet. */
  readonly isUnread?: boolean;
};

/** Reads `METHOD [host]/path?query` as what a table is asked. */
export function asked(request: string, extras: Extras = {}): MatchInput {
  const { headers = {}, cookies = {}, body = null, isUnread = false } = extras;
  const [method = '', target = ''] = request.split(' ');
  const slash = target.indexOf('/');
  const { path, query } = splitTarget(target.slice(slash));
  const read = body === null ? null : parsePhpBody(body);
  return {
    ...{ method, host: target.slice(0, slash), path, query },
    header: (name) => headers[name],
    cookie: (name) => cookies[name],
    body: isUnread ? undefined : read,
  };
}

/** Asks a table, and the explaining matcher as well: both pass every test of either. */
export function ask(where: Table, request: string, extras?: Extras): MatchResult {
  const input = asked(request, extras);
  const result = where.match(input);
  const written = specs.get(where);
  if (written) {
    const explained = told(explain(written, input).result);
    if (explained !== told(result)) throw new Error(`${request}: ${told(result)}, explained as ${explained}`);
  }
  return result;
}

/** Tells a result in a few words. */
export function told(result: MatchResult): string {
  if (result.kind === 'matched')
    return `${result.route.name} ${JSON.stringify(Object.entries(result.parameters).toSorted())}`;
  if (result.kind !== 'respelled') return result.kind;
  return `${result.answer}: ${result.reading} is ${result.other?.name}, not ${result.canonical?.name}`;
}

/** Matches a request that asks for no body and whose path has one reading. */
export function match(where: Table, request: string, extras?: Extras): Match | undefined {
  const result = ask(where, request, extras);
  if (result.kind === 'matched') return result;
  if (result.kind === 'undeclared') return undefined;
  throw new Error(`${request} is ${result.kind}`);
}

/** The name of the route that a request meets. */
export function nameOf(where: Table, request: string, extras?: Extras): string | undefined {
  return match(where, request, extras)?.route.name;
}
