// What the schema found → problems with positions and cures.
import type { z } from 'zod';
import { maskUserInfo } from '../mask.ts';
import type { Problem } from '../routing/problem.ts';
import type { YamlSource } from './document.ts';
import { splitByComma } from './quoting.ts';
import { routesFileSchema } from './schema.ts';
import { knownKeys, valueRule } from './schema-walk.ts';
import { suggestion } from './suggest.ts';

type Issue = z.core.$ZodIssue;
type Context = { readonly source: YamlSource; readonly schema: z.core.$ZodType };

/** Tells the issues of a schema as problems of the file. */
export function schemaProblems(
  issues: readonly Issue[],
  source: YamlSource,
  schema: z.core.$ZodType,
): readonly Problem[] {
  const context = { source, schema };
  return issues.flatMap((issue) => issueProblems(issue, context));
}

function issueProblems(issue: Issue, context: Context): readonly Problem[] {
  const { source } = context;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) => splitByComma(source, issue.path, key) ?? unknownKey(key, issue.path, context),
    );
  }
  const value = valueAt(source.values, issue.path);
  const key = String(issue.path.at(-1) ?? '');
  const parent = issue.path.slice(0, -1);
  if (value === undefined) {
    const position = source.position(parent);
    return [{ code: 'missing-key', position, message: `"${key}" is missing`, cure: `add ${key}:` }];
  }
  if (issue.code === 'invalid_union') {
    const furthest = furthestBranch(issue);
    if (furthest) return furthest.flatMap((error) => issueProblems(error, context));
  }
  if (issue.code === 'invalid_key') return [invalidName(key, parent, source)];
  const split = splitByComma(source, parent, issue.path.at(-1) ?? '');
  return [
    split ?? {
      code: 'invalid-value',
      position: source.position(issue.path),
      ...wrongValue(issue, value, context),
    },
  ];
}

function unknownKey(key: string, path: readonly PropertyKey[], { source, schema }: Context): Problem {
  const position = source.position(path, key);
  const told = (message: string, cure: string): Problem => ({ code: 'unknown-key', position, message, cure });
  const tight = /^([A-Za-z]+):(\S.*)$/.exec(key);
  if (tight && knownKeys(path, schema).includes(tight[1] ?? ''))
    return told(`there is no blank after the colon in "${key}"`, `write ${tight[1]}: ${tight[2]}`);
  if (path.length === 0 && knownKeys([]).includes(key) && schema !== routesFileSchema)
    return told(`${key} concerns the whole table`, 'write it in the file that includes the others');
  if (path.length === 0 && knownKeys(['routes', 'any']).includes(key))
    return told(`${key} is a key of a route`, "indent it below the route's name, which stands below routes:");
  return told(`there is no key "${key}" here`, suggestion(key, knownKeys(path, schema)));
}

const NAMED: Readonly<Record<string, string>> = {
  routes: 'a route',
  upstreams: 'an upstream',
  cohorts: 'a cohort',
  rollouts: 'a rollout',
};

function invalidName(name: string, section: readonly PropertyKey[], source: YamlSource): Problem {
  const long = name.length > 100;
  return {
    code: 'invalid-name',
    position: source.position(section, name),
    message: `${shown(name)} is no name for ${NAMED[String(section[0])] ?? 'it'}`,
    cure: long
      ? 'use 100 characters at most'
      : 'use letters, digits, ".", "_" and "-", with a letter or digit first',
  };
}

function wrongValue(
  issue: Issue,
  value: unknown,
  { schema }: Context,
): { readonly message: string; readonly cure: string } {
  const subject = subjectOf(issue.path);
  const rule = valueRule(issue.path, schema);
  if (issue.code === 'invalid_value') {
    const cure = suggestion(String(value), issue.values.map(String));
    return { message: `${subject} is ${shown(value)}, which it cannot be`, cure };
  }
  if (Array.isArray(value) && value.length === 0 && rule.what.includes('list'))
    return { message: `${subject} is an empty list`, cure: rule.cure };
  if (issue.code === 'invalid_type' || issue.code === 'invalid_union') {
    const isBareDuration = rule.what === 'a duration' && typeof value === 'number';
    const cure = isBareDuration
      ? `write ${value}s or ${value}ms`
      : (quotedCure(value, rule.what) ?? rule.cure);
    return { message: `${subject} takes ${rule.what}, but ${found(value)} stands here`, cure };
  }
  return { message: `${subject} is ${shown(value)}, which is not ${rule.what}`, cure: rule.cure };
}

/** `- GET /a: b` is a mapping to YAML. */
function quotedCure(value: unknown, what: string): string | undefined {
  if (!/^(a text|a test|the name of)/.test(what)) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const [only, ...others] = Object.entries(value);
  if (!only || others.length > 0 || typeof only[1] === 'object') return undefined;
  return `put it in quotes, for ": " begins a value: "${only[0]}: ${only[1]}"`;
}

/** Names a place: `stage of product-page`. */
export function subjectOf(path: readonly PropertyKey[]): string {
  const [section = 'the file', first, ...rest] = path;
  if (first === undefined) return String(section);
  const kind = NAMED[String(section)]?.replace(/^an? /, 'the ');
  if (rest.length === 0 && kind) return `${kind} ${String(first)}`;
  return [...(kind ? [] : [section]), first, ...rest]
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

/** Shows a value, without passwords and not too long. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(maskUserInfo(value)) : found(value);
  return text.length > 80 ? `${text.slice(0, 77)}..."` : text;
}

/** A union's own message says nothing; the branch that came furthest into the value says what is wrong. */
function furthestBranch(issue: z.core.$ZodIssueInvalidUnion): readonly Issue[] | undefined {
  const branches = issue.errors.map((errors) =>
    errors.map((error) => ({ ...error, path: [...issue.path, ...error.path] }) as Issue),
  );
  const depth = (branch: readonly Issue[]) => Math.max(...branch.map((error) => error.path.length));
  const [furthest] = branches.toSorted((one, other) => depth(other) - depth(one));
  return furthest && depth(furthest) > issue.path.length ? furthest : undefined;
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
export function withoutFaulty(values: unknown, issues: readonly Issue[]): unknown {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return { routes: {} };
  const rest = structuredClone(values) as Record<PropertyKey, unknown>;
  for (const issue of issues) {
    const [section, name] = issue.path;
    if (section === undefined) {
      if (issue.code === 'unrecognized_keys') for (const key of issue.keys) remove(rest, key);
    } else if (name === undefined || Array.isArray(rest[section])) {
      remove(rest, section);
    } else {
      remove(rest[section], name);
    }
  }
  return { routes: {}, ...rest };
}

function remove(from: unknown, key: PropertyKey): void {
  if (typeof from === 'object' && from !== null) Reflect.deleteProperty(from, key);
}
