// Compiles the routes of one revision into the immutable table that requests are matched against.
import { parsePhpQuery } from '../php/query.ts';
import { arrayKey, type PhpArray } from '../php/value.ts';
import { canonicalPath, decodeCaptured } from './canonical-path.ts';
import { parameterTests } from './pattern.ts';
import type { Problem } from './problem.ts';
import type {
  Limits,
  Parameters,
  ParameterType,
  Pattern,
  Respelled,
  Route,
  TableSpec,
  Upstream,
} from './route.ts';
import { canMeetBoth, compareAtSamePath, TYPE_ORDER } from './specificity.ts';

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

/** Two patterns that one request can meet and that nothing puts in an order. */
type Conflict = { readonly first: Entry; readonly second: Entry };

export type TableResult =
  | { readonly ok: true; readonly table: Table; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

type Entry = { readonly route: Route; readonly pattern: Pattern };

type Node = {
  readonly literals: Map<string, Node>;
  readonly parameters: Map<ParameterType, Node>;
  readonly ends: Entry[];
  readonly tails: Entry[];
};

/** Builds the table, or returns every pair of patterns that tie. */
export function buildTable(spec: TableSpec): TableResult {
  const root = newNode();
  for (const route of spec.routes) {
    for (const pattern of route.patterns) insert(root, { route, pattern });
  }
  const conflicts = settle(root);
  if (conflicts.length > 0) return { ok: false, problems: conflicts.map(conflictProblem) };
  return { ok: true, table: tableOf(spec, root), warnings: [] };
}

function conflictProblem({ first, second }: Conflict): Problem {
  const { file, line } = first.pattern.position;
  return {
    code: 'route-conflict',
    position: second.pattern.position,
    message: `${second.route.name} (${second.pattern.text}) and ${first.route.name} (${first.pattern.text}, ${file}:${line}) match the same requests`,
    cure: 'make one of them more specific, or remove it; the order in the file never decides',
  };
}

function tableOf(spec: TableSpec, root: Node): Table {
  return {
    revision: spec.revision,
    routes: new Map(spec.routes.map((route) => [route.name, route])),
    upstreams: spec.upstreams,
    unmatched: spec.unmatched,
    limits: spec.limits,
    compression: spec.compression,
    match: (input) => {
      const found = new Search(input).run(root);
      return found ? { kind: 'matched', ...found } : { kind: 'undeclared' };
    },
  };
}

function newNode(): Node {
  return { literals: new Map(), parameters: new Map(), ends: [], tails: [] };
}

function insert(root: Node, entry: Entry): void {
  let node = root;
  for (const segment of entry.pattern.segments) {
    if (segment.kind === 'tail') {
      node.tails.push(entry);
      return;
    }
    if (segment.kind === 'mixed') return;
    node =
      segment.kind === 'literal' ? child(node.literals, segment.text) : child(node.parameters, segment.type);
  }
  node.ends.push(entry);
}

function child<Key>(children: Map<Key, Node>, key: Key): Node {
  const existing = children.get(key);
  if (existing) return existing;
  const created = newNode();
  children.set(key, created);
  return created;
}

/** Sorts every node's entries by specificity and its parameters by type; returns the ties. */
function settle(node: Node): readonly Conflict[] {
  const byType = TYPE_ORDER.flatMap((type) => {
    const next = node.parameters.get(type);
    return next ? ([[type, next]] as const) : [];
  });
  node.parameters.clear();
  for (const [type, next] of byType) node.parameters.set(type, next);
  const own = [node.ends, node.tails].flatMap((entries) => {
    entries.sort((one, other) => compareAtSamePath(one.pattern, other.pattern));
    return tiesAmong(entries);
  });
  const below = [...node.literals.values(), ...node.parameters.values()].flatMap(settle);
  return [...own, ...below];
}

function tiesAmong(entries: readonly Entry[]): readonly Conflict[] {
  return entries.flatMap((first, index) =>
    entries
      .slice(index + 1)
      .filter(
        (second) =>
          compareAtSamePath(first.pattern, second.pattern) === 0 &&
          canMeetBoth(first.pattern, second.pattern),
      )
      .map((second) => ({ first, second })),
  );
}

/** Holds parameters by name and inherits none; V8 keeps it faster than `Object.create(null)`. */
class ParameterBag {
  [name: string]: string;
}
Object.setPrototypeOf(ParameterBag.prototype, null);
Reflect.deleteProperty(ParameterBag.prototype, 'constructor');

/** One request's walk through the tree: most specific first, backtracking. */
class Search {
  readonly #input: MatchInput;
  readonly #segments: readonly string[];
  readonly #captured: string[] = [];
  #query: ReturnType<typeof parsePhpQuery> | undefined;

  constructor(input: MatchInput) {
    this.#input = input;
    this.#segments = canonicalPath(input.path).split('/').slice(1);
  }

  run(root: Node): Match | undefined {
    return this.#walk(root, 0);
  }

  #walk(node: Node, depth: number): Match | undefined {
    const segment = this.#segments[depth];
    if (segment === undefined) return this.#choose(node.ends, depth);
    const literal = node.literals.get(segment);
    return (
      (literal && this.#walk(literal, depth + 1)) ??
      this.#walkParameters(node, segment, depth) ??
      this.#choose(node.tails, depth)
    );
  }

  #walkParameters(node: Node, segment: string, depth: number): Match | undefined {
    if (segment === '') return undefined;
    for (const [type, next] of node.parameters) {
      if (parameterTests[type]?.test(segment) === false) continue;
      this.#captured.push(segment);
      const match = this.#walk(next, depth + 1);
      if (match) return match;
      this.#captured.pop();
    }
    return undefined;
  }

  /** Picks the first entry whose method and conditions fit; HEAD is answered by GET unless declared by itself. */
  #choose(entries: readonly Entry[], depth: number): Match | undefined {
    const { method } = this.#input;
    return (
      this.#chooseFor(entries, method, depth) ??
      (method === 'HEAD' ? this.#chooseFor(entries, 'GET', depth) : undefined) ??
      this.#chooseFor(entries, 'ANY', depth)
    );
  }

  #chooseFor(entries: readonly Entry[], method: string, depth: number): Match | undefined {
    for (const { route, pattern } of entries) {
      const fits = pattern.methods === 'ANY' ? method === 'ANY' : pattern.methods.includes(method);
      const parameters = fits ? this.#read(pattern, depth) : undefined;
      if (parameters) return { route, parameters };
    }
    return undefined;
  }

  /** Returns the parameters when the pattern's conditions hold. */
  #read(pattern: Pattern, depth: number): Parameters | undefined {
    const parameters = new ParameterBag();
    for (const condition of pattern.conditions) {
      const value = this.#queryValue(condition.name[0] ?? '');
      switch (condition.kind) {
        case 'equals':
          if (value !== condition.value) return undefined;
          break;
        case 'present':
          if (value === undefined) return undefined;
          break;
        case 'absent':
          if (value !== undefined) return undefined;
          break;
        case 'captures':
          if (typeof value !== 'string' || value === '') return undefined;
          if (parameterTests[condition.parameter.type]?.test(value) === false) return undefined;
          parameters[condition.parameter.name] = value;
          break;
      }
    }
    this.#readPath(pattern, depth, parameters);
    return parameters;
  }

  #readPath(pattern: Pattern, depth: number, parameters: Record<string, string>): void {
    let index = 0;
    for (const segment of pattern.segments) {
      if (segment.kind === 'parameter')
        parameters[segment.name] = decodeCaptured(this.#captured[index++] ?? '');
      if (segment.kind === 'tail') parameters['*'] = decodeCaptured(this.#segments.slice(depth).join('/'));
    }
  }

  #queryValue(name: string): unknown {
    this.#query ??= parsePhpQuery(this.#input.query ?? '');
    return this.#query.get(arrayKey(name));
  }
}
