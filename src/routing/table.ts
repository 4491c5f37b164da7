// Compiles the routes of one revision into the immutable table that requests are matched against.
import { parsePhpQuery } from '../php/query.ts';
import { arrayKey } from '../php/value.ts';
import { decodeCaptured } from './canonical-path.ts';
import { parameterTests } from './pattern.ts';
import type { Limits, Parameters, ParameterType, Pattern, Route, TableSpec, Upstream } from './route.ts';
import { canMeetBoth, compareAtSamePath, TYPE_ORDER } from './specificity.ts';

/** What matching needs of a request: the canonical path, and the raw query without its `?`. */
export type MatchInput = {
  readonly method: string;
  readonly path: string;
  readonly query: string | undefined;
};

export type Match = { readonly route: Route; readonly parameters: Parameters };

/** All routes of one revision, ready to match. Immutable: a new revision is a new table. */
export type Table = {
  readonly revision: string;
  readonly routes: ReadonlyMap<string, Route>;
  readonly upstreams: readonly Upstream[];
  readonly unmatched: 'legacy' | 404;
  readonly limits: Limits;
  readonly compression: TableSpec['compression'];
  match(input: MatchInput): Match | undefined;
};

/** Two patterns that one request can meet and that nothing puts in an order. */
export type Conflict = { readonly first: Entry; readonly second: Entry };

export type TableResult =
  | { readonly ok: true; readonly table: Table }
  | { readonly ok: false; readonly conflicts: readonly Conflict[] };

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
  if (conflicts.length > 0) return { ok: false, conflicts };
  return { ok: true, table: tableOf(spec, root) };
}

function tableOf(spec: TableSpec, root: Node): Table {
  return {
    revision: spec.revision,
    routes: new Map(spec.routes.map((route) => [route.name, route])),
    upstreams: spec.upstreams,
    unmatched: spec.unmatched,
    limits: spec.limits,
    compression: spec.compression,
    match: (input) => new Search(input).run(root),
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
    this.#segments = input.path.split('/').slice(1);
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
      const value = this.#queryValue(condition.name);
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
          if (parameterTests[condition.type]?.test(value) === false) return undefined;
          parameters[condition.parameter] = value;
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
