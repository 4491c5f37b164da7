// What a value must look like, said by whatever library the handler uses.
import { reasonOf } from '../../reason.ts';

/** A schema of zod, valibot, arktype and others: what standardschema.dev describes, or an object with `parse`. */
export type Schema<Value> =
  | {
      readonly '~standard': {
        readonly validate: (value: unknown) => Validated<Value> | Promise<Validated<Value>>;
      };
    }
  | { parse(value: unknown): Value };

type Validated<Value> =
  | { readonly value: Value; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };

/** A value of the session is not what the handler's schema says. The message tells the path and what is wrong, not the value. */
export class SessionMismatch extends Error {
  override readonly name = 'SessionMismatch';
  readonly path: string;

  constructor(path: string, reason: string) {
    super(`the session's ${path} is not what the handler expects: ${reason}`);
    this.path = path;
  }
}

/** Gives the value as the schema makes it; throws a SessionMismatch if it does not fit. */
export function conform<Value>(value: unknown, schema: Schema<Value>, path: string): Value {
  if (!('~standard' in schema)) return parse(value, schema, path);
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise)
    throw new SessionMismatch(path, 'its schema is asynchronous, which is not supported');
  if (result.issues === undefined) return result.value;
  throw new SessionMismatch(path, result.issues.map(({ message }) => message).join('; '));
}

function parse<Value>(value: unknown, schema: { parse(value: unknown): Value }, path: string): Value {
  try {
    return schema.parse(value);
  } catch (error) {
    throw new SessionMismatch(path, reasonOf(error));
  }
}
