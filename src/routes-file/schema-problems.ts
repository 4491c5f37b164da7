// What the schema found → problems with positions and cures.
import type { z } from 'zod';
import { DURATION_CURE } from '../duration.ts';
import { maskUserInfo } from '../mask.ts';
import type { Problem } from '../routing/problem.ts';
import { SIZE_CURE } from '../size.ts';
import type { YamlSource } from './document.ts';
import { knownKeys } from './schema.ts';
import { suggestion } from './suggest.ts';

/** Tells one issue of the schema as problems of the file. */
export function schemaProblems(issue: z.core.$ZodIssue, source: YamlSource): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      code: 'unknown-key',
      position: source.position(issue.path, key),
      message: `there is no key "${key}" here`,
      cure: suggestion(key, knownKeys(issue.path)),
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return unionProblems(issue, source);
  const value = valueAt(source.values, issue.path);
  const key = String(issue.path.at(-1) ?? '');
  const parent = issue.path.slice(0, -1);
  if (issue.code === 'invalid_type' && value === undefined) {
    const position = source.position(parent);
    return [{ code: 'missing-key', position, message: `"${key}" is missing`, cure: `add ${key}:` }];
  }
  if (issue.code === 'invalid_key') {
    return [
      {
        code: 'invalid-name',
        position: source.position(parent, key),
        message: `${shown(key)} is no name for ${issue.path[0] === 'routes' ? 'a route' : 'an upstream'}`,
        cure: 'use letters, digits, ".", "_" and "-", with a letter or digit first',
      },
    ];
  }
  return [{ code: 'invalid-value', position: source.position(issue.path), ...wrongValue(issue, value) }];
}

function wrongValue(issue: z.core.$ZodIssue, value: unknown): { message: string; cure: string } {
  const subject = subjectOf(issue.path);
  const rule = valueRule(issue.path);
  if (issue.code === 'invalid_value') {
    const cure = suggestion(String(value), issue.values.map(String));
    const what = issue.path.at(-1) === 'stage' ? 'which is no stage' : 'which it cannot be';
    return { message: `${subject} is ${shown(value)}, ${what}`, cure };
  }
  if (issue.code === 'invalid_type') {
    const isBareDuration = rule.what === 'a duration' && typeof value === 'number';
    const cure = isBareDuration ? `write ${value}s or ${value}ms` : rule.cure;
    return { message: `${subject} takes ${rule.what}, but ${found(value)} stands here`, cure };
  }
  return { message: `${subject} is ${shown(value)}, which is not ${rule.what}`, cure: rule.cure };
}

type ValueRule = { readonly what: string; readonly cure: string };

const YES_OR_NO: ValueRule = { what: 'yes or no', cure: 'write true or false' };
const DURATION: ValueRule = { what: 'a duration', cure: DURATION_CURE };
const SIZE: ValueRule = { what: 'a size', cure: SIZE_CURE };
const COUNT: ValueRule = { what: 'a whole number from 1', cure: 'write a number such as 100' };

/** What stands below timeouts and limits. */
const LEAF_VALUES: Readonly<Record<string, ValueRule>> = {
  ...{ connect: DURATION, headers: DURATION, idle: DURATION, total: DURATION },
  ...{ body: SIZE, url: SIZE, inFlight: COUNT, fields: COUNT, connections: COUNT },
};

const FILE_VALUES: Readonly<Record<string, ValueRule>> = {
  routes: { what: 'names of routes', cure: 'write the routes below it, or routes: {} for none' },
  upstreams: { what: 'names of upstreams', cure: 'write name: http://host:port below it' },
  limits: { what: 'keys', cure: 'write { body: 20MiB, url: 16KiB }' },
};

const UPSTREAM_VALUES: Readonly<Record<string, ValueRule>> = {
  timeouts: { what: 'keys', cure: 'write { connect: 3s, headers: 60s, idle: 60s }' },
  host: { what: 'a host name', cure: 'write preserve, or a name such as shop.internal' },
  rewrite: YES_OR_NO,
};

const ROUTE_VALUES: Readonly<Record<string, ValueRule>> = {
  match: { what: 'a text', cure: 'write METHODS PATH, such as GET /products/:id<int>' },
  also: { what: 'a list', cure: 'write a list of matches: ["GET /other"]' },
  handler: {
    what: 'the name of a handler',
    cure: 'write folder/file or folder/file#export, without an extension',
  },
  upstream: { what: 'the name of an upstream', cure: 'write a name that stands under upstreams' },
  timeouts: { what: 'keys', cure: 'write { headers: 60s, idle: 60s, total: 5m }' },
  limits: { what: 'keys', cure: 'write { body: 20MiB, inFlight: 100 }' },
  methodOverride: YES_OR_NO,
  redirect: { what: 'a redirect', cure: 'write 301 /where/to; 302, 303, 307 and 308 are allowed too' },
};

/** What may stand at a path of the file. */
function valueRule(path: readonly PropertyKey[]): ValueRule {
  const [section, , key, last] = path;
  if (path.length === 0) return { what: 'keys', cure: 'write routes: and the routes below it' };
  if (path.length === 1) return FILE_VALUES[String(section)] ?? ANY_VALUE;
  if (section === 'limits') return LEAF_VALUES[String(path[1])] ?? ANY_VALUE;
  if (typeof last === 'string') return LEAF_VALUES[last] ?? ANY_VALUE;
  if (section === 'upstreams')
    return UPSTREAM_VALUES[String(key)] ?? { what: 'an address', cure: 'write http://host:port' };
  if (path.length === 2)
    return { what: 'keys', cure: 'write match: GET /path below it, and what else it has' };
  return (typeof last === 'number' ? ROUTE_VALUES.match : ROUTE_VALUES[String(key)]) ?? ANY_VALUE;
}

const ANY_VALUE: ValueRule = { what: 'a text', cure: 'see routes-yaml.md for what it takes' };

/** Names a place: `stage of product-page`. */
function subjectOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  const [section = '', ...rest] = path;
  if (rest.length === 0) return String(section);
  if (section === 'limits') return `${String(rest[0])} of limits`;
  if (rest.length === 1) return `the ${section === 'routes' ? 'route' : 'upstream'} ${String(rest[0])}`;
  return rest
    .map((step) => (typeof step === 'number' ? `item ${step + 1}` : String(step)))
    .toReversed()
    .join(' of ');
}

/** Names a value that is of the wrong kind. */
function found(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of keys';
  if (typeof value === 'string') return `the text ${shown(value)}`;
  return typeof value === 'number' ? `the number ${value}` : String(value);
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(maskUserInfo(value)) : found(value);
  return text.length > 80 ? `${text.slice(0, 77)}..."` : text;
}

/** A union's own message says nothing; the branch that came furthest into the value says what is wrong. */
function unionProblems(issue: z.core.$ZodIssueInvalidUnion, source: YamlSource): readonly Problem[] {
  const branches = issue.errors.map((errors) =>
    errors.map((error) => ({ ...error, path: [...issue.path, ...error.path] }) as z.core.$ZodIssue),
  );
  const depth = (branch: readonly z.core.$ZodIssue[]) =>
    Math.max(...branch.map((error) => error.path.length));
  const furthest = branches.toSorted((one, other) => depth(other) - depth(one))[0] ?? [];
  return furthest.flatMap((error) => schemaProblems(error, source));
}

function valueAt(values: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    values,
  );
}

/**
 * Returns the file's values without the entries that issues concern, so that the others can be read
 * further: a route, an upstream, or a whole section.
 */
export function withoutFaulty(values: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return { routes: {} };
  const rest = structuredClone(values) as Record<PropertyKey, unknown>;
  for (const issue of issues) {
    const [section, name] = issue.path;
    if (section !== undefined) remove(name === undefined ? rest : rest[section], name ?? section);
    else if (issue.code === 'unrecognized_keys') for (const key of issue.keys) remove(rest, key);
  }
  return { routes: {}, ...rest };
}

function remove(from: unknown, key: PropertyKey): void {
  if (typeof from === 'object' && from !== null) Reflect.deleteProperty(from, key);
}
