// What the keys of routes.yaml take: the small pieces, each with the words to tell that a value is none.
import { z } from 'zod';
import { DURATION_CURE, parseDuration } from '../duration.ts';
import { parseSize, SIZE_CURE } from '../size.ts';

/** How to tell that something else stands where a value is expected. */
export type ValueRule = {
  /** What the key takes: `a duration`. */
  readonly what: string;
  readonly cure: string;
  /** Said of a text that is none: `which is no stage`. Without it, `which is not` and what it takes. */
  readonly wrong?: string;
};

const rules: z.core.$ZodRegistry<ValueRule> = z.registry<ValueRule>();

/** Says what a schema takes, and how to write it. */
export function told<Schema extends z.ZodType>(schema: Schema, rule: ValueRule): Schema {
  rules.add(schema, rule);
  return schema;
}

/** Returns what a schema takes, as `told` has it. */
export function ruleOf(schema: z.core.$ZodType): ValueRule | undefined {
  return rules.get(schema);
}

/** Names of routes, upstreams, cohorts and rollouts are fit for a shell, a file name and a metric's label. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
export const name = z.string().regex(NAME);

/** A cohort's name stands beside a percentage: it begins with a letter. */
export const cohortName = z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,99}$/);

/** A text; a whole number is taken as it is written. */
export const text = told(z.union([z.string(), z.int()]).transform(String), {
  what: 'a text',
  cure: 'put the value in quotes',
});

export const yesOrNo = told(z.boolean(), {
  what: 'true or false',
  cure: 'write true or false; yes, no, on and off are texts',
});

export const duration = told(
  z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s|m|h)$/)
    .transform((written) => parseDuration(written) ?? 0),
  { what: 'a duration', cure: DURATION_CURE },
);

export const size = told(
  z
    .string()
    .regex(/^\d+(\.\d+)?(B|KiB|MiB|GiB)$/)
    .transform((written) => parseSize(written) ?? 0),
  { what: 'a size', cure: SIZE_CURE },
);

export const count = told(z.int().min(1).max(1_000_000_000), {
  what: 'a whole number from 1',
  cure: 'write a number such as 100',
});

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return told(z.enum(words), {
    what: `one of: ${words.join(', ')}`,
    cure: `use one of: ${words.join(', ')}`,
    wrong: 'which it cannot be',
  });
}

/** A mapping with keys of its own. */
export function keys<Shape extends z.core.$ZodLooseShape>(shape: Shape, example: string) {
  return told(z.strictObject(shape), { what: 'keys', cure: `write ${example}` });
}
