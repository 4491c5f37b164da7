// Finds the part of the schema that a path of the file leads to: its keys for "did you mean", its words for problems.
import type { z } from 'zod';
import { routesFileSchema } from './schema.ts';
import { ruleOf, type ValueRule } from './schema-parts.ts';

type Schema = z.core.$ZodType;
type Step = PropertyKey;

const ANYTHING: ValueRule = { what: 'another value', cure: 'see docs/routes-yaml.md for what it takes' };

/** Returns the keys that the mapping at a path knows, with their schemas; none where names are free. */
export function keysAt(
  path: readonly Step[],
  root: Schema = routesFileSchema,
): Readonly<Record<string, Schema>> {
  return Object.assign({}, ...candidates(root, path).map(shapeOf));
}

/** Returns the names of the keys that the mapping at a path knows. */
export function knownKeys(path: readonly Step[], root: Schema = routesFileSchema): readonly string[] {
  return Object.keys(keysAt(path, root));
}

/** Returns what the value at a path may be, in words. */
export function valueRule(path: readonly Step[], root: Schema = routesFileSchema): ValueRule {
  for (const schema of candidates(root, path)) {
    const rule = outermostRule(schema);
    if (rule) return rule;
  }
  return ANYTHING;
}

/** Returns the keys of a mapping; undefined of what has no keys of its own. */
function shapeOf(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  const { def } = schema._zod as z.core.$ZodTypes['_zod'];
  if (def.type === 'object') return def.shape;
  return branches(schema)
    .map(shapeOf)
    .find((shape) => shape !== undefined);
}

/** Follows a path; a union goes all its ways. */
function candidates(root: Schema, path: readonly Step[]): readonly Schema[] {
  return path.reduce<readonly Schema[]>(
    (schemas, step) => schemas.flatMap((schema) => childrenOf(schema, step)),
    [root],
  );
}

function childrenOf(schema: Schema, step: Step): readonly Schema[] {
  const { def } = schema._zod as z.core.$ZodTypes['_zod'];
  switch (def.type) {
    case 'object': {
      const child = Object.hasOwn(def.shape, step) ? def.shape[String(step)] : undefined;
      return child ? [child] : [];
    }
    case 'record':
      return [def.valueType];
    case 'array':
      return [def.element];
    default:
      return branches(schema).flatMap((inner) => childrenOf(inner, step));
  }
}

/** What a schema wraps: an optional one its inner one, a union its options. */
function branches(schema: Schema): readonly Schema[] {
  const { def } = schema._zod as z.core.$ZodTypes['_zod'];
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
      return [def.innerType];
    case 'pipe':
      return [def.in];
    case 'union':
      return def.options;
    default:
      return [];
  }
}

function outermostRule(schema: Schema): ValueRule | undefined {
  const own = ruleOf(schema);
  if (own) return own;
  for (const inner of branches(schema)) {
    const rule = outermostRule(inner);
    if (rule) return rule;
  }
  return undefined;
}
