// Who answers the requests of a match, before an edit and after it: shown by one such request.
import { entryOf } from '../../routing/entry.ts';
import type { Pattern, Route, TableSpec } from '../../routing/route.ts';
import { buildTable, type Table } from '../../routing/table.ts';
import { findWitness, type Witness, witnessInput } from '../../routing/witness.ts';
import { code, type Sentence, say } from './sentence.ts';

/** Who answers what in one table. */
export class Answers {
  readonly #spec: TableSpec;
  readonly #table: Table | undefined;

  constructor(spec: TableSpec) {
    this.#spec = spec;
    const built = buildTable(spec);
    this.#table = built.ok ? built.table : undefined;
  }

  /** Names the route that answers a request; undefined where none does. */
  routeOf(request: Witness): string | undefined {
    const result = this.#table?.match(witnessInput(request));
    return result?.kind === 'matched' ? result.route.name : undefined;
  }

  /** Says who answers a request. */
  say(request: Witness): Sentence {
    const name = this.routeOf(request);
    if (name !== undefined) return code(name);
    return this.#spec.unmatched === 'legacy' ? say`legacy (undeclared)` : say`404 (undeclared)`;
  }

  /** Makes a request that a match of one of this table's routes takes; undefined where there is none. */
  requestOf(route: Route, pattern: Pattern): Witness | undefined {
    const entry = entryOf(route, pattern, this.#spec.paths);
    const [method = 'GET'] = pattern.methods === 'ANY' ? [] : pattern.methods;
    return findWitness(entry, entry, method, this.#spec.paths);
  }
}
