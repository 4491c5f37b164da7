// What the schema found → problems with positions and cures.
import type { z } from 'zod';
import { maskUserInfo } from '../mask.ts';
import type { Problem } from '../routing/problem.ts';
import type { Position } from '../routing/route.ts';
import { nearest, suggestion } from '../suggest.ts';
import type { YamlSource } from './document.ts';
import { splitByComma } from './quoting.ts';
import { routesFileSchema } from './schema.ts';
import { knownKeys, valueRule } from './schema-walk.ts';

type Issue = z.core.$ZodIssue;
type Context = { readonly source: YamlSource; readonly schema: z.core.$ZodType };

/** Tells the issues of a schema as problems of the file. */
export function schemaProblems(
  issues: readonly Issue[],
  source: YamlSource,
  schema: z.core.$ZodType,
): readonly Problem[] {
  const context = { source, schema };
  return issues
    .filter((issue) => !isMisspelt(issue, issues, source))
    .flatMap((issue) => issueProblems(issue, context));
}

/** A key that is missing because it is misspelt is told once: where it stands. */
function isMisspelt(missing: Issue, issues: readonly Issue[], source: YamlSource): boolean {
  if (valueAt(source.values, missing.path) !== undefined) return false;
  const parent = missing.path.slice(0, -1);
  const key = String(missing.path.at(-1));
  return issues.some(
    (issue) =>
      issue.code === 'unrecognized_keys' &&
      issue.path.join('/') === parent.join('/') &&
      issue.keys.some((unknown) => nearest(unknown, [key]) === key),
  );
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
    const position = placeOf(parent, source);
    const message = `${subjectOf(parent)} has no "${key}"`;
    return [{ code: 'missing-key', position, message, cure: `add ${key}:` }];
  }
  if (issue.code === 'invalid_union' && !splitText(value, issue.path, source)) {
    const furthest = furthestBranch(issue);
    if (furthest) return schemaProblems(furthest, source, context.schema);
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
  if (path.length === 2 && path[0] === 'routes' && knownKeys([], schema).includes(key))
    return told(`${key} is no key of a route`, 'write it at the margin, beside routes:');
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
  const first = section[0] === 'cohorts' ? 'a letter' : 'a letter or digit';
  return {
    code: 'invalid-name',
    position: source.position(section, name),
    message: `${shown(name)} is no name for ${NAMED[String(section[0])] ?? 'it'}`,
    cure: long ? 'use 100 characters at most' : `use letters, digits, ".", "_" and "-", with ${first} first`,
  };
}

function wrongValue(
  issue: Issue,
  value: unknown,
  { schema, source }: Context,
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
    const text = splitText(value, issue.path, source);
    const quotes = text && `put it in quotes, for ": " begins a value: ${JSON.stringify(text)}`;
    const cure = isBareDuration ? `write ${value}s or ${value}ms` : (quotes ?? rule.cure);
    return { message: `${subject} takes ${rule.what}, but ${found(value)} stands here`, cure };
  }
  return { message: `${subject} is ${shown(value)}, which is not ${rule.what}`, cure: rule.cure };
}

/** `- GET /a: b` is a mapping to YAML; returns the text that it was meant for. */
function splitText(value: unknown, path: readonly PropertyKey[], source: YamlSource): string | undefined {
  const isItem = typeof path.at(-1) === 'number';
  if (!isItem || typeof value !== 'object' || value === null || source.tree(path).hasBrackets)
    return undefined;
  const [only, ...others] = Object.entries(value);
  if (!only || others.length > 0 || typeof only[1] === 'object' || !only[0].includes(' ')) return undefined;
  return `${only[0]}: ${only[1]}`;
}

/** Where a mapping is told: at its name, if it has one. */
function placeOf(path: readonly PropertyKey[], source: YamlSource): Position {
  const name = path.at(-1);
  return typeof name === 'string' ? source.position(path.slice(0, -1), name) : source.position(path);
}

/** Names a place: `stage of product-page`. */
function subjectOf(path: readonly PropertyKey[]): string {
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

/** What stands in the place of a test that is faulty in shape, and has been told. */
export const FAULTY_TEST = '\0faulty';

/**
 * Returns the file's values without what issues concern, so that the rest can be read further: a key that is
 * not known, a key of a route, a whole route where its match is faulty, an upstream, a section.
 */
export function withoutFaulty(values: unknown, issues: readonly Issue[]): unknown {
  if (!isMapping(values)) return { routes: {} };
  const rest = structuredClone(values);
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') {
      const mapping = valueAt(rest, issue.path);
      for (const key of issue.keys) if (isMapping(mapping)) Reflect.deleteProperty(mapping, key);
    } else {
      removeFaulty(rest, issue.path);
    }
  }
  return { routes: {}, ...rest };
}

function removeFaulty(rest: Record<PropertyKey, unknown>, path: readonly PropertyKey[]): void {
  const [section = '', name, key] = path;
  const entries = rest[section];
  const entry = name !== undefined && isMapping(entries) ? entries[name] : undefined;
  if (section === 'tests' && Array.isArray(entries) && name !== undefined)
    entries[Number(name)] = FAULTY_TEST;
  else if (name === undefined || !isMapping(entries)) Reflect.deleteProperty(rest, section);
  else if (section === 'routes' && isMapping(entry) && key !== undefined && key !== 'match')
    Reflect.deleteProperty(entry, key);
  else Reflect.deleteProperty(entries, name);
}

function isMapping(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
