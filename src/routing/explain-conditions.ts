// What a condition asks for and what a request has in its place.
import type { ExplainedRequest } from './explain-request.ts';
import { parameterTests } from './parameter-types.ts';
import { fieldName } from './pattern-conditions.ts';
import type { BodyCondition, QueryCondition, WhenCondition } from './route.ts';

/** Describes what a query lacks; undefined where the condition holds. */
export function describeCondition(condition: QueryCondition, request: ExplainedRequest): string | undefined {
  const value = request.query(condition.name);
  const name = fieldName(condition.name);
  const got = `got ${value === undefined ? 'none' : `${name}=${shown(value)}`}`;
  switch (condition.kind) {
    case 'equals':
      return value === condition.value ? undefined : `needs ?${name}=${condition.value}, ${got}`;
    case 'present':
      return value === undefined ? `needs ?${name}, ${got}` : undefined;
    case 'absent':
      return value === undefined ? undefined : `needs ?!${name}, ${got}`;
    case 'captures':
      return isCaptured(condition, value) ? undefined : `needs ?${name}=${parameterText(condition)}, ${got}`;
  }
}

/** Describes what a body lacks; one that has not been read lacks nothing yet. */
export function describeBody({ name, value }: BodyCondition, request: ExplainedRequest): string | undefined {
  const { body } = request.input;
  if (body === undefined) return undefined;
  const field = fieldName(name);
  if (body === null) return `needs ${field}=${value} in the body, got no body that can be read`;
  const got = request.body(name);
  if (got === value) return undefined;
  return `needs ${field}=${value} in the body, got ${got === undefined ? 'none' : `${field}=${shown(got)}`}`;
}

/** Describes what a header field or cookie lacks. */
export function describeWhen(
  { source, name, test }: WhenCondition,
  request: ExplainedRequest,
): string | undefined {
  const value = source === 'header' ? request.input.header(name) : request.input.cookie(name);
  const got = `got ${value === undefined ? 'none' : shown(value)}`;
  switch (test.kind) {
    case 'equals':
      return value === test.value ? undefined : `needs ${source} ${name} to be ${test.value}, ${got}`;
    case 'contains':
      return value?.includes(test.text)
        ? undefined
        : `needs ${source} ${name} to contain ${test.text}, ${got}`;
    case 'present':
      return value === undefined ? `needs ${source} ${name}, ${got}` : undefined;
    case 'absent':
      return value === undefined ? undefined : `needs no ${source} ${name}, ${got}`;
  }
}

function isCaptured({ parameter }: QueryCondition & { kind: 'captures' }, value: unknown): boolean {
  if (typeof value !== 'string' || value === '') return false;
  return parameter.type === 'enum'
    ? parameter.values.some((one) => one === value)
    : (parameterTests[parameter.type]?.test(value) ?? true);
}

function parameterText({ parameter: { name, type, values } }: QueryCondition & { kind: 'captures' }): string {
  if (type === 'plain') return `:${name}`;
  return `:${name}<${type === 'enum' ? values.join('|') : type}>`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value.length > 80 ? `${value.slice(0, 77)}...` : value;
  return value instanceof Map ? 'an array' : 'bytes that are no text';
}
