// One pattern held against one request: what it captures, or the first thing that sets it apart.
import { decodeCaptured } from './canonical-path.ts';
import { describeBody, describeCondition, describeWhen } from './explain-conditions.ts';
import { comparedSegments, matchSegments } from './explain-path.ts';
import type { ExplainedRequest } from './explain-request.ts';
import type { HostPattern, Parameters, Pattern, Route, Segment } from './route.ts';

/** Why a pattern does not match; `near` is how far the request got, for the order in which reasons are shown. */
export type Difference = {
  readonly kind: 'host' | 'path' | 'method' | 'query' | 'when' | 'body';
  readonly reason: string;
  readonly near: number;
};

/** What became of one pattern. */
export type Attempt = {
  readonly route: Route;
  readonly pattern: Pattern;
  /** The method of the request. */
  readonly method: string;
  readonly segments: readonly Segment[];
  readonly difference: Difference | undefined;
  /** What path parameters captured, still encoded. */
  readonly captures: ReadonlyMap<string, string>;
  readonly parameters: () => Parameters;
};

/** Holds a pattern against a request. */
export function attemptPattern(route: Route, pattern: Pattern, request: ExplainedRequest): Attempt {
  const segments = comparedSegments(pattern.segments, request.paths);
  const path = matchSegments(segments, request);
  return {
    ...{ route, pattern, segments, method: request.input.method },
    difference:
      hostDifference(pattern.host, request) ??
      path.difference ??
      methodDifference(pattern, request.input.method) ??
      conditionDifference(route, pattern, request),
    captures: path.captures,
    parameters: () => parametersOf(pattern, path.captures, request),
  };
}

function hostDifference(host: HostPattern | undefined, request: ExplainedRequest): Difference | undefined {
  const asked = request.input.host;
  if (
    !host ||
    (host.kind === 'exact' ? asked === host.name : asked.length <= 253 && asked.endsWith(host.suffix))
  )
    return undefined;
  const wanted = host.kind === 'exact' ? host.name : `*${host.suffix}`;
  return {
    kind: 'host',
    near: 0,
    reason: `host differs: takes ${wanted}, got ${asked === '' ? 'none' : asked}`,
  };
}

function methodDifference({ methods }: Pattern, method: string): Difference | undefined {
  const answers = method === 'HEAD' ? ['HEAD', 'GET'] : [method];
  if (methods === 'ANY' || methods.some((one) => answers.includes(one))) return undefined;
  return { kind: 'method', near: 1_000, reason: `method differs: takes ${methods.join(',')}, got ${method}` };
}

function conditionDifference(
  route: Route,
  pattern: Pattern,
  request: ExplainedRequest,
): Difference | undefined {
  const query = first(pattern.conditions, (condition) => describeCondition(condition, request));
  if (query) return { kind: 'query', near: 2_000, reason: query };
  const when = first(route.when, (condition) => describeWhen(condition, request));
  if (when) return { kind: 'when', near: 3_000, reason: when };
  const body = first(route.body, (condition) => describeBody(condition, request));
  return body ? { kind: 'body', near: 4_000, reason: body } : undefined;
}

function first<Item>(
  items: readonly Item[],
  describe: (item: Item) => string | undefined,
): string | undefined {
  for (const item of items) {
    const reason = describe(item);
    if (reason) return reason;
  }
  return undefined;
}

function parametersOf(
  pattern: Pattern,
  captures: ReadonlyMap<string, string>,
  request: ExplainedRequest,
): Parameters {
  const parameters: Record<string, string> = Object.create(null);
  for (const condition of pattern.conditions) {
    if (condition.kind !== 'captures') continue;
    const value = request.query(condition.name);
    if (typeof value === 'string') parameters[condition.parameter.name] = value;
  }
  for (const [name, text] of captures) parameters[name] = decodeCaptured(text);
  return parameters;
}
