// Reading and running: the same three calls inside and outside a transaction.
import { DatabaseError } from './error.ts';
import type { ParameterValues } from './parameters.ts';
import type { Column } from './rows.ts';

/** A row, by the names of its columns. With `rows=native` in the URL the values have mysql2's types. */
export type Row = Record<string, Column>;

/** What a statement that gives no rows has done. */
export interface Executed {
  /** Rows changed, as in PHP: an UPDATE to the value already there does not count. */
  readonly affectedRows: number;
  /** The AUTO_INCREMENT value that was given, `0` if none was. */
  readonly insertId: string;
}

/**
 * Statements with `?` for each parameter, or `:name` for those of an object. All promises reject with a DatabaseError.
 */
export interface Statements {
  /** Reads the first row; undefined if there is none. */
  one<T = Row>(sql: string, parameters?: ParameterValues): Promise<T | undefined>;
  /** Reads all rows. */
  many<T = Row>(sql: string, parameters?: ParameterValues): Promise<T[]>;
  /** Runs a statement that gives no rows. */
  execute(sql: string, parameters?: ParameterValues): Promise<Executed>;
}

/** Sends one statement and gives what mysql2 makes of the answer. */
export type Run = (sql: string, parameters?: ParameterValues) => Promise<unknown>;

/** Creates the calls on top of a way to send a statement. */
export function createStatements(run: Run): Statements {
  return {
    one: async <T>(sql: string, parameters?: ParameterValues) =>
      rowsOf<T>(await run(sql, parameters), sql)[0],
    many: async <T>(sql: string, parameters?: ParameterValues) => rowsOf<T>(await run(sql, parameters), sql),
    execute: async (sql, parameters) => executedOf(await run(sql, parameters), sql),
  };
}

/** The caller names the row's type: only the schema knows it, and TypeScript does not know the schema. */
function rowsOf<T>(result: unknown, sql: string): T[] {
  if (Array.isArray(result)) return result;
  throw new DatabaseError('statement', 'this statement gives no rows: use execute()', { sql });
}

function executedOf(result: unknown, sql: string): Executed {
  if (typeof result !== 'object' || result === null || !('affectedRows' in result && 'insertId' in result)) {
    throw new DatabaseError('statement', 'this statement gives rows: use one() or many()', { sql });
  }
  return { affectedRows: Number(result.affectedRows), insertId: String(result.insertId) };
}
