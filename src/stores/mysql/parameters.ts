// From SQL with question marks to the text that is sent: only scalars get in, each where a question mark stands.
import mysql from 'mysql2';
import { DatabaseError } from './error.ts';

/** What may stand for one question mark. */
export type Scalar = string | number | bigint | boolean | null | Uint8Array;

/** Several values for one question mark, as in `IN (?)`. Created by `list`. */
export class ParameterList {
  readonly values: readonly Scalar[];
  constructor(values: readonly Scalar[]) {
    this.values = values;
  }
}

/** A value for a question mark. */
export type Parameter = Scalar | ParameterList;

/** Declares that an array is meant: `many('... WHERE id IN (?)', [list(ids)])`. Throws a DatabaseError if it is empty. */
export function list(values: readonly Scalar[]): ParameterList {
  if (values.length === 0) throw new DatabaseError('parameter', 'list() needs a value: IN () is not SQL');
  return new ParameterList(values);
}

/** Quoted text and comments, where a question mark is no placeholder; then the placeholder itself. */
const TOKENS =
  /'[^'\\]*(?:(?:\\.|'')[^'\\]*)*'|"[^"\\]*(?:(?:\\.|"")[^"\\]*)*"|`[^`]*`|--(?:[ \t\r\n].*|$)|#.*|\/\*[\s\S]*?\*\/|\?/g;
const OWN_WORDS =
  /^(?:START|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|LOCK|UNLOCK|XA|SET\b.*(?:TRANSACTION|READ_ONLY|AUTOCOMMIT))\b/i;
const LASTING = /^(?:SET|USE|PREPARE|HANDLER)\b|\bGET_LOCK\s*\(|:=|\bINTO\s+@|\bTEMPORARY\b/i;

/** Puts the parameters in. Throws a DatabaseError, naming no value, if they are not scalars or do not fit the SQL. */
export function bind(sql: string, parameters: readonly Parameter[] = []): string {
  if (OWN_WORDS.test(head(sql))) throw refuse('statement', 'use db.transaction() instead', sql);
  let used = 0;
  const text = sql.replace(TOKENS, (token) => {
    if (token !== '?') return token;
    const parameter = parameters[used++];
    return used <= parameters.length ? literal(parameter, used, sql) : token;
  });
  if (used === parameters.length) return text;
  throw refuse('parameter', `${used} question marks for ${parameters.length} parameters`, sql);
}

/** States that a statement leaves something behind in its connection, which then must not serve another request. */
export function leavesTraces(sql: string): boolean {
  return LASTING.test(head(sql));
}

function head(sql: string): string {
  return sql.replace(/^(?:\s+|--(?:\s.*|$)|#.*|\/\*[\s\S]*?\*\/|\()+/, '');
}

function literal(parameter: Parameter | undefined, position: number, sql: string): string {
  if (parameter instanceof ParameterList)
    return parameter.values.map((value) => literal(value, position, sql)).join(', ');
  if (parameter === null) return 'NULL';
  if (typeof parameter === 'string') return mysql.escape(parameter);
  if (typeof parameter === 'boolean') return parameter ? '1' : '0';
  if (typeof parameter === 'bigint' || Number.isFinite(parameter)) return String(parameter);
  if (parameter instanceof Uint8Array) return `X'${Buffer.from(parameter).toString('hex')}'`;
  // An array here would be expanded by mysql2: ?id[]=... in an address would become SQL.
  const kind = Array.isArray(parameter) ? 'an array; use list([...]) if that is meant' : typeof parameter;
  throw refuse('parameter', `parameter ${position} must be a scalar, it is ${kind}`, sql);
}

function refuse(code: string, message: string, sql: string): DatabaseError {
  return new DatabaseError(code, `${message} in: ${sql.trim().slice(0, 300)}`, { sql });
}
