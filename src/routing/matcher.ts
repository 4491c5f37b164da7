// Matches requests: on the canonical path, and on the others that servers may read it as.
import { evenPath, withoutDotSegments } from './canonical-path.ts';
import { readParameters } from './captured.ts';
import { comparedPath, type Entry } from './entry.ts';
import { Fields } from './fields.ts';
import { isOdd } from './readings.ts';
import { isCapturedByHandler, isGuarded, otherReading } from './respelled.ts';
import type { TableSpec } from './route.ts';
import { type SearchTable, search } from './search.ts';
import type { MatchInput, MatchResult } from './table.ts';

/** Matches requests against the compiled patterns of one table. */
export class Matcher {
  readonly #table: SearchTable;
  readonly #spec: TableSpec;
  /** Without a guarded route it does not matter how a path is read. */
  readonly #isGuarded: boolean;

  constructor(table: SearchTable, spec: TableSpec) {
    this.#table = table;
    this.#spec = spec;
    this.#isGuarded = spec.routes.some(isGuarded);
  }

  match(input: MatchInput): MatchResult {
    const fields = new Fields(input);
    const even = evenPath(input.path);
    const path = withoutDotSegments(even);
    const entry = this.#find(input, path, fields);
    if (entry && needsBody(entry, input)) return NEEDS_BODY;
    if (this.#isGuarded && isOdd(even)) {
      const other = this.#otherReading(input, even, path, entry, fields);
      if (other) return other;
    }
    if (!entry) return UNDECLARED;
    return { kind: 'matched', route: entry.route, parameters: readParameters(entry, path, fields) };
  }

  #find({ host, method }: MatchInput, path: string, fields: Fields): Entry | undefined {
    return search(this.#table, { path: comparedPath(path, this.#spec.paths), host, method, fields });
  }

  #otherReading(
    input: MatchInput,
    even: string,
    path: string,
    entry: Entry | undefined,
    fields: Fields,
  ): MatchResult | undefined {
    if (entry && isCapturedByHandler(entry, even, path)) return undefined;
    return otherReading(even, entry?.route, this.#spec.respelled, (reading) => {
      const found = this.#find(input, reading, fields);
      return found && needsBody(found, input) ? 'needs-body' : found?.route;
    });
  }
}

const UNDECLARED: MatchResult = { kind: 'undeclared' };
const NEEDS_BODY: MatchResult = { kind: 'needs-body' };

function needsBody(entry: Entry, input: MatchInput): boolean {
  return !entry.isUnconditional && entry.body.length > 0 && input.body === undefined;
}
