// The JSON Schema of routes.yaml, for editors: made of the same schema that the file is read with.
import { z } from 'zod';
import { routesFileSchema } from './schema.ts';

/** Returns routes.schema.json: draft-07, with the texts that editors show. */
export function routesJsonSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(routesFileSchema, {
    target: 'draft-7',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // The bounds of a safe integer say nothing to anybody.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      // Left out where the value read is another than the one written: `5s` is 5000.
      const written = z.globalRegistry.get(zodSchema)?.default;
      if (written !== undefined) jsonSchema.default = written as typeof jsonSchema.default;
    },
  });
  const head = {
    $schema,
    title: 'routes.yaml of Banyan',
    description: 'Which endpoint is answered by whom.',
  };
  return `${JSON.stringify({ ...head, ...rest }, null, 2)}\n`;
}
