// The legacy application's MySQL, with the semantics PHP's mysqli has. Requests that must not write get connections on which
// the server itself refuses to.
import { createPool, type Pool } from 'mysql2';
import { type ConnectionSource, createHold, type Hold } from './connection.ts';
import { createStatements, type Statements } from './statements.ts';
import { transact } from './transaction.ts';
import { poolOptions } from './url.ts';

export { DatabaseError } from './error.ts';
export { list } from './parameters.ts';
export type { Executed, Row, Statements } from './statements.ts';

/** The database as one request has it. */
export interface Db extends Statements {
  /** Runs statements in one transaction: committed when the promise is fulfilled, rolled back when it is rejected. */
  transaction<Value>(work: (tx: Statements) => Promise<Value>): Promise<Value>;
}

/** The connections of the whole process. */
export interface Database {
  /** Gives a request its view. On abort its statements reject at once and their connections are destroyed. */
  forRequest(request: { readonly readOnly: boolean; readonly signal: AbortSignal }): Db;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** The escaping of parameters relies on backslashes being what they are by default. */
const KEEP_BACKSLASHES = "SET SESSION sql_mode = REPLACE(@@SESSION.sql_mode, 'NO_BACKSLASH_ESCAPES', '')";

/**
 * Creates the pools for `mysql://user:password@host:port/database?charset=utf8mb4&connections=10&rows=php`: one for requests that
 * write and one for those that do not, each with so many connections. Connects on first use. Throws at start-up if the URL is wrong.
 */
export function createDatabase(url: string): Database {
  const options = poolOptions(url);
  const writing = source(createPool(options), [KEEP_BACKSLASHES]);
  const reading = source(createPool(options), [KEEP_BACKSLASHES, 'SET SESSION TRANSACTION READ ONLY']);
  return {
    forRequest: ({ readOnly, signal }) => createDb(createHold(readOnly ? reading : writing, signal)),
    close: async () => {
      await Promise.all([end(writing.pool), end(reading.pool)]);
    },
  };
}

function source(pool: Pool, setup: readonly string[]): ConnectionSource {
  return { pool, setup, prepared: new WeakSet() };
}

function end(pool: Pool): Promise<void> {
  return new Promise((resolve) => pool.end(() => resolve()));
}

function createDb(hold: Hold): Db {
  return {
    ...createStatements((sql, parameters) => hold((held) => held.run(sql, parameters))),
    transaction: (work) => hold((held) => transact(held, work)),
  };
}
