// From SQL with placeholders to the text that is sent: only scalars get in, each where a placeholder stands.
import mysql from 'mysql2';
import { DatabaseError } from './error.ts';
import { refusal } from './statement-kind.ts';

/** What may stand for one placeholder. */
export type Scalar = string | number | bigint | boolean | null | Uint8Array;

/** Several values for one placeholder, as in `IN (?)`. Created by `list`. */
export class ParameterList {
  readonly values: readonly Scalar[];
  constructor(values: readonly Scalar[]) {
    this.values = values;
  }
}

/** A value for a placeholder. */
export type Parameter = Scalar | ParameterList;

/** Values for `?`, in the order of the question marks, or for `:name`, by name. */
export type ParameterValues = readonly Parameter[] | { readonly [name: string]: Parameter };

/** Declares that an array is meant: `many('... WHERE id IN (?)', [list(ids)])`. Throws a DatabaseError if it is empty. */
export function list(values: readonly Scalar[]): ParameterList {
  if (values.length === 0) throw new DatabaseError('parameter', 'list() needs a value: IN () is not SQL');
  return new ParameterList(values);
}

/** Quoted text and comments, where nothing is a placeholder, and assignments; then the two placeholders. */
const TOKENS =
  /'[^'\\]*(?:(?:\\[\s\S]|'')[^'\\]*)*'|"[^"\\]*(?:(?:\\[\s\S]|"")[^"\\]*)*"|`[^`]*`|--(?:[ \t\r\n].*|$)|#.*|\/\*[\s\S]*?\*\/|:=|\?|(?<![\w$:@]):[A-Za-z_]\w*/g;

/** Puts the parameters in. Throws a DatabaseError, naming no value, if they are not scalars or do not fit the SQL. */
export function bind(sql: string, parameters: ParameterValues = []): string {
  const instead = refusal(sql);
  if (instead !== undefined) throw refuse('statement', instead, sql);
  return isPositional(parameters) ? bindPositions(sql, parameters) : bindNames(sql, parameters);
}

function isPositional(parameters: ParameterValues): parameters is readonly Parameter[] {
  return Array.isArray(parameters);
}

function bindPositions(sql: string, parameters: readonly Parameter[]): string {
  let used = 0;
  const text = sql.replace(TOKENS, (token) => {
    if (token !== '?') return token;
    const parameter = parameters[used++];
    return used <= parameters.length ? literal(parameter, String(used), sql) : token;
  });
  if (used === parameters.length) return text;
  throw refuse('parameter', `${used} question marks for ${parameters.length} parameters`, sql);
}

function bindNames(sql: string, parameters: { readonly [name: string]: Parameter }): string {
  const unused = new Set(Object.keys(parameters));
  const text = sql.replace(TOKENS, (token) => {
    if (token === '?') throw refuse('parameter', 'a question mark beside parameters by name', sql);
    if (!/^:\w/.test(token)) return token;
    const name = token.slice(1);
    if (!Object.hasOwn(parameters, name)) throw refuse('parameter', `no parameter for ${token}`, sql);
    unused.delete(name);
    return literal(parameters[name], token, sql);
  });
  if (unused.size === 0) return text;
  throw refuse('parameter', `the SQL does not use :${[...unused].join(', :')}`, sql);
}

function literal(parameter: Parameter | undefined, place: string, sql: string): string {
  if (parameter instanceof ParameterList)
    return parameter.values.map((value) => literal(value, place, sql)).join(', ');
  if (parameter === null) return 'NULL';
  if (typeof parameter === 'string') return mysql.escape(parameter);
  if (typeof parameter === 'boolean') return parameter ? '1' : '0';
  if (typeof parameter === 'bigint' || Number.isFinite(parameter)) return String(parameter);
  if (parameter instanceof Uint8Array) return `X'${Buffer.from(parameter).toString('hex')}'`;
  // An array here would be expanded by mysql2: ?id[]=... in an address would become SQL.
  const kind = Array.isArray(parameter) ? 'an array; use list([...]) if that is meant' : typeof parameter;
  throw refuse('parameter', `parameter ${place} must be a scalar, it is ${kind}`, sql);
}

function refuse(code: string, message: string, sql: string): DatabaseError {
  return new DatabaseError(code, `${message} in: ${sql.trim().slice(0, 300)}`, { sql });
}
