// What the schema found → problems with positions and cures.
import type { z } from 'zod';
import type { Problem, ProblemCode } from '../routing/problem.ts';
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
  const isMissing = issue.code === 'invalid_type' && valueAt(source.values, issue.path) === undefined;
  const code: ProblemCode = isMissing
    ? 'missing-key'
    : issue.code === 'invalid_key'
      ? 'invalid-name'
      : 'invalid-value';
  const key = String(issue.path.at(-1) ?? '');
  return [
    {
      code,
      position: isMissing ? source.position(issue.path.slice(0, -1)) : source.position(issue.path),
      message: isMissing ? `"${key}" is missing` : `${issue.path.join('.')}: ${issue.message}`,
      cure: isMissing ? `add ${key}:` : cureFor(issue, valueAt(source.values, issue.path)),
    },
  ];
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

function cureFor(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'invalid_value') return suggestion(String(value), issue.values.map(String));
  if (issue.code === 'invalid_key') return 'rename it';
  return 'see docs/routes-yaml.md for what it takes';
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
