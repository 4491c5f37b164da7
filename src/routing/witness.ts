// A request that two patterns both take: what a conflict is shown by.
import { parsePhpBody } from '../php/request/query.ts';
import type { Entry } from './entry.ts';
import { Fields } from './fields.ts';
import type { HostPattern, PathRules } from './route.ts';
import { sharedFields } from './shared-fields.ts';
import { sharedPath } from './shared-path.ts';
import { sharedWhen } from './shared-when.ts';
import type { MatchInput } from './table.ts';

/** A concrete request. */
export type Witness = {
  readonly method: string;
  /** Empty where any will do. */
  readonly host: string;
  readonly path: string;
  readonly query: string | undefined;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly cookies: ReadonlyMap<string, string>;
  readonly body: string | undefined;
};

/** Finds a request of a method that two entries both take, the method itself apart. */
export function findWitness(one: Entry, other: Entry, method: string, paths: PathRules): Witness | undefined {
  const host = sharedHost(one.pattern.host, other.pattern.host);
  const query = host === undefined ? undefined : sharedFields([...queryOf(one), ...queryOf(other)]);
  const body = query === undefined ? undefined : sharedFields([...bodyOf(one), ...bodyOf(other)]);
  const when = body === undefined ? undefined : sharedWhen([...one.route.when, ...other.route.when]);
  if (host === undefined || query === undefined || body === undefined || when === undefined) return undefined;
  const path = sharedPath(one.segments, other.segments, paths.trailingSlash === 'ignore');
  if (path === undefined) return undefined;
  const witness: Witness = {
    ...{ method, host, path, ...when },
    query: query === '' ? undefined : query,
    body: body === '' ? undefined : body,
  };
  const fields = new Fields(witnessInput(witness));
  return fields.meet(one) && fields.meet(other) ? witness : undefined;
}

/** Makes what a table is asked of a witness. */
export function witnessInput({ method, host, path, query, headers, cookies, body }: Witness): MatchInput {
  return {
    ...{ method, host, path, query },
    header: (name) => headers.get(name),
    cookie: (name) => cookies.get(name),
    body: body === undefined ? null : parsePhpBody(body),
  };
}

/** Writes a witness as one line, in the words of `banyan explain`. */
export function formatWitness({ method, host, path, query, headers, cookies, body }: Witness): string {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const fields = [
    ...(host === '' ? [] : [['host', host]]),
    ...headers,
    ...(cookie === '' ? [] : [['cookie', cookie]]),
  ];
  return [
    `${method} ${path}${query === undefined ? '' : `?${query}`}`,
    ...fields.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`-d ${quoted(body)}`]),
  ].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function queryOf(entry: Entry) {
  return entry.pattern.conditions;
}

function bodyOf(entry: Entry) {
  return entry.route.body.map(({ name, value }) => ({ kind: 'equals' as const, name, value }));
}

/** Finds a host that both take; empty where neither names one. */
function sharedHost(one: HostPattern | undefined, other: HostPattern | undefined): string | undefined {
  if (one === undefined) return other === undefined ? '' : exampleOf(other);
  if (other === undefined) return exampleOf(one);
  if (one.kind === 'exact') return takesHost(other, one.name) ? one.name : undefined;
  if (other.kind === 'exact') return sharedHost(other, one);
  const [narrow, wide] = one.suffix.length > other.suffix.length ? [one, other] : [other, one];
  return narrow.suffix.endsWith(wide.suffix) ? exampleOf(narrow) : undefined;
}

function takesHost(host: HostPattern, name: string): boolean {
  return host.kind === 'exact' ? host.name === name : name.endsWith(host.suffix);
}

function exampleOf(host: HostPattern): string {
  return host.kind === 'exact' ? host.name : `www${host.suffix}`;
}
