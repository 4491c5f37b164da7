// Routes and tables for tests, made from what a routes file would say.
import { parsePhpBody } from '../../src/php/query.ts';
import { limitDefaults } from '../../src/routes-file/schema-forwarding.ts';
import { splitTarget } from '../../src/routing/canonical-path.ts';
import { parsePattern } from '../../src/routing/pattern.ts';
import type { Pattern, Route, Stage, TableSpec } from '../../src/routing/route.ts';
import { buildTable, type Match, type MatchInput, type Table } from '../../src/routing/table.ts';

const LEGACY: Stage = { word: 'legacy', percent: undefined, cohorts: [] };

/** Parses a match that is known to be right; `line` tells patterns apart in conflicts. */
export function pattern(text: string, line = 1): Pattern {
  const result = parsePattern(text, { file: 'routes.yaml', line, column: 1 });
  if (!result.ok) throw new Error(`${text}: ${result.message}`);
  return result.pattern;
}

/** A table specification from names and their addresses. */
export function spec(routes: Readonly<Record<string, string | readonly string[]>>): TableSpec {
  return {
    revision: 'r1',
    unmatched: 'legacy',
    ...{ upstreams: [], cohorts: [], rollouts: [], tests: [] },
    paths: { trailingSlash: 'strict', case: 'strict' },
    respelled: 'refuse',
    limits: limitDefaults,
    compression: 'none',
    routes: Object.entries(routes).map(([name, texts], index): Route => {
      const patterns = [texts].flat().map((text) => pattern(text, index + 1));
      return {
        ...{ name, patterns, body: [], when: [], stage: LEGACY, rollout: undefined, newSide: undefined },
        ...{ fallback: 'legacy', lock: undefined, respelled: 'refuse' },
        ...{ timeouts: {}, limits: limitDefaults, methodOverride: false },
        position: { file: 'routes.yaml', line: index + 1, column: 1 },
      };
    }),
  };
}

/** A table that is known to have no conflicts. */
export function table(routes: Readonly<Record<string, string | readonly string[]>>): Table {
  const result = buildTable(spec(routes));
  if (!result.ok) throw new Error('the routes conflict');
  return result.table;
}

/** What a request may have besides its method and target. */
export type Extras = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  /** The urlencoded body; null where there is none, undefined where it has not been read. */
  readonly body?: string | null;
};

/** Reads `METHOD [host]/path?query` as what a table is asked. */
export function asked(request: string, { headers = {}, cookies = {}, body = null }: Extras = {}): MatchInput {
  const [method = '', target = ''] = request.split(' ');
  const slash = target.indexOf('/');
  const { path, query } = splitTarget(target.slice(slash));
  return {
    ...{ method, host: target.slice(0, slash), path, query },
    header: (name) => headers[name],
    cookie: (name) => cookies[name],
    body: typeof body === 'string' ? parsePhpBody(body) : body,
  };
}

/** Matches a request that asks for no body and whose path has one reading. */
export function match(where: Table, request: string, extras?: Extras): Match | undefined {
  const result = where.match(asked(request, extras));
  if (result.kind === 'matched') return result;
  if (result.kind === 'undeclared') return undefined;
  throw new Error(`${request} is ${result.kind}`);
}

/** The name of the route that a request meets. */
export function nameOf(where: Table, request: string, extras?: Extras): string | undefined {
  return match(where, request, extras)?.route.name;
}
