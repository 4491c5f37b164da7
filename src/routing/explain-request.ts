// A request as the explaining matcher asks about it.
import { parsePhpQuery } from '../php/request/query.ts';
import { arrayKey, type PhpArray } from '../php/value.ts';
import type { FieldPath, PathRules } from './route.ts';
import type { MatchInput } from './table.ts';

/** One request, with its path split and its query read as PHP reads it. */
export class ExplainedRequest {
  readonly input: MatchInput;
  readonly paths: PathRules;
  /** The segments of the canonical path, but for what a last slash adds where that does not matter. */
  readonly segments: readonly string[];
  /** The path without its first slash, whole. */
  readonly path: string;
  readonly #query: PhpArray;

  constructor(input: MatchInput, path: string, paths: PathRules) {
    this.input = input;
    this.paths = paths;
    this.path = path.slice(1);
    const segments = this.path.split('/');
    this.segments =
      paths.trailingSlash === 'ignore' && segments.at(-1) === '' ? segments.slice(0, -1) : segments;
    this.#query = parsePhpQuery(input.query ?? '');
  }

  query(name: FieldPath): unknown {
    return at(this.#query, name);
  }

  /** Returns a field of the body; undefined too where no body could be read. */
  body(name: FieldPath): unknown {
    return this.input.body ? at(this.input.body, name) : undefined;
  }

  /** What follows the first segments, slashes and all. */
  rest(from: number): string {
    return this.path.split('/').slice(from).join('/');
  }
}

function at(fields: PhpArray, name: FieldPath): unknown {
  return name.reduce<unknown>(
    (value, key) => (value instanceof Map ? value.get(arrayKey(key)) : undefined),
    fields,
  );
}
