// The legacy application's MySQL, with the semantics PHP's mysqli has. Requests that must not write get connections on which
// the server itself refuses to.
import { createPool } from 'mysql2';
import { AfterCommit, type Afterwards } from './after-commit.ts';
import { type ConnectionSource, createHold, type Hold, type Holder } from './connection.ts';
import { Killer } from './kill.ts';
import { createStatements, type Statements } from './statements.ts';
import { transact } from './transaction.ts';
import { mysqlSettings } from './url.ts';

export { DatabaseError } from './error.ts';
export { list } from './parameters.ts';
export type { Executed, Row, Statements } from './statements.ts';

/** The database as one request has it. */
export interface Db extends Statements {
  /** Runs statements in one transaction: committed when the promise is fulfilled, rolled back when it is rejected. */
  transaction<Value>(work: (tx: Statements) => Promise<Value>): Promise<Value>;
  /**
   * Does something once what was written is there for all to see: now, if no transaction of this request is under way, else
   * after its COMMIT, before the promise of `transaction` is fulfilled; never, if it is rolled back.
   */
  afterCommit(work: Afterwards): Promise<void>;
}

/** The connections of the whole process. */
export interface Database {
  /** Gives a request its view. On abort its statements reject at once and are ended on the server. */
  forRequest(request: Holder & { readonly readOnly: boolean }): Db;
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
  const { pool, session } = mysqlSettings(url);
  const killer = new Killer(pool);
  const source = (...setup: string[]): ConnectionSource => ({
    pool: createPool(pool),
    setup: [...session, KEEP_BACKSLASHES, ...setup],
    prepared: new WeakMap(),
    killer,
  });
  const writing = source();
  const reading = source('SET SESSION TRANSACTION READ ONLY');
  return {
    forRequest: ({ readOnly, ...holder }) => createDb(createHold(readOnly ? reading : writing, holder)),
    close: async () => {
      killer.close();
      await Promise.all([end(writing), end(reading)]);
    },
  };
}

function end({ pool }: ConnectionSource): Promise<void> {
  return new Promise((resolve) => pool.end(() => resolve()));
}

function createDb(hold: Hold): Db {
  const afterCommit = new AfterCommit();
  return {
    ...createStatements((sql, parameters) => hold((held) => held.run(sql, parameters))),
    transaction: (work) => hold((held) => transact(held, afterCommit, work)),
    afterCommit: (work) => afterCommit.add(work),
  };
}
