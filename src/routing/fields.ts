// What a request's query, body, header fields and cookies say of a pattern's conditions.
import { parsePhpQuery } from '../php/request/query.ts';
import type { PhpArray, PhpValue } from '../php/value.ts';
import type { Entry, Equal, FieldCondition, FieldKeys } from './entry.ts';
import { takes } from './parameter-types.ts';
import type { WhenCondition } from './route.ts';
import type { MatchInput } from './table.ts';

/** One request's fields, read when they are first asked for. */
export class Fields {
  readonly #input: MatchInput;
  #query: PhpArray | undefined;

  constructor(input: MatchInput) {
    this.#input = input;
  }

  /** Tells whether the fields of a source can be asked for: a body may not have been read. */
  knows(source: Equal['source']): boolean {
    return source !== 'body' || this.#input.body !== undefined;
  }

  /** Returns a field as PHP has it. */
  value({ source, keys }: Pick<Equal, 'source' | 'keys'>): PhpValue | undefined {
    switch (source) {
      case 'query':
        return this.query(keys);
      case 'body':
        return lookUp(this.#input.body ?? NO_FIELDS, keys);
      case 'header':
        return this.#input.header(String(keys[0]));
      case 'cookie':
        return this.#input.cookie(String(keys[0]));
    }
  }

  /** Returns a query parameter as PHP has it. */
  query(keys: FieldKeys): PhpValue | undefined {
    this.#query ??= parsePhpQuery(this.#input.query ?? '');
    return lookUp(this.#query, keys);
  }

  /** Tells whether all conditions of an entry hold; those on a body that has not been read count as held. */
  meet({ isUnconditional, query, body, route }: Entry): boolean {
    if (isUnconditional) return true;
    return (
      query.every((condition) => this.#meetsQuery(condition)) &&
      route.when.every((condition) => this.#meetsWhen(condition)) &&
      this.#meetsBody(body)
    );
  }

  #meetsQuery({ keys, condition }: FieldCondition): boolean {
    const value = this.query(keys);
    switch (condition.kind) {
      case 'equals':
        return value === condition.value;
      case 'present':
        return value !== undefined;
      case 'absent':
        return value === undefined;
      case 'captures':
        return typeof value === 'string' && takes(condition.parameter, value);
    }
  }

  #meetsBody(conditions: Entry['body']): boolean {
    const { body } = this.#input;
    if (conditions.length === 0 || body === undefined) return true;
    return body !== null && conditions.every(({ keys, value }) => lookUp(body, keys) === value);
  }

  #meetsWhen({ source, name, test }: WhenCondition): boolean {
    const value = source === 'header' ? this.#input.header(name) : this.#input.cookie(name);
    switch (test.kind) {
      case 'equals':
        return value === test.value;
      case 'contains':
        return value?.includes(test.text) ?? false;
      case 'present':
        return value !== undefined;
      case 'absent':
        return value === undefined;
    }
  }
}

const NO_FIELDS: PhpArray = new Map();

function lookUp(fields: PhpArray, keys: FieldKeys): PhpValue | undefined {
  let value: PhpValue | undefined = fields;
  for (const key of keys) {
    if (!(value instanceof Map)) return undefined;
    value = value.get(key);
  }
  return value;
}
