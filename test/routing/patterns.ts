// Routes and tables for tests, made from what a routes file would say.
import { limitDefaults } from '../../src/routes-file/schema.ts';
import { parsePattern } from '../../src/routing/pattern.ts';
import type { Pattern, Route, TableSpec } from '../../src/routing/route.ts';
import { buildTable, type Match, type Table } from '../../src/routing/table.ts';

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
    upstreams: [],
    limits: limitDefaults,
    compression: 'none',
    routes: Object.entries(routes).map(([name, texts], index): Route => {
      const patterns = [texts].flat().map((text) => pattern(text, index + 1));
      return {
        ...{ name, patterns, stage: 'legacy', newSide: undefined, fallback: 'legacy' },
        ...{ timeouts: {}, limits: limitDefaults, methodOverride: false },
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

/** Matches `METHOD /path?query`; the path is taken as canonical. */
export function match(where: Table, request: string): Match | undefined {
  const [method = '', target = ''] = request.split(' ');
  const [path = '', ...query] = target.split('?');
  return where.match({ method, path, query: query.length > 0 ? query.join('?') : undefined });
}

/** The name of the route that a request meets. */
export function nameOf(where: Table, request: string): string | undefined {
  return match(where, request)?.route.name;
}
