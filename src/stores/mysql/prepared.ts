// A connection made ready: its session is what PHP's is, and its server is known by kind and name.
import type { PoolConnection } from 'mysql2';
import { DatabaseError } from './error.ts';
import { type ServerSide, WHICH_SERVER } from './kill.ts';
import type { Send } from './send.ts';

/** What is known of a connection that is ready. */
export type Prepared = ServerSide & {
  readonly connection: PoolConnection;
  /** How long the server lets a statement run, in seconds; undefined while it is the server's own limit. */
  limit: number | undefined;
  readonly kind: 'mysql' | 'mariadb';
};

/** Error numbers of servers that have no such limit (MySQL before 5.7.8, MariaDB before 10.1.1). */
const UNKNOWN_VARIABLE = 1193;

/** Sends what makes the session right, and asks who the server is. Rejects with a DatabaseError. */
export async function prepare(
  connection: PoolConnection,
  statements: readonly string[],
  send: Send,
): Promise<Prepared> {
  for (const sql of statements) await send(connection, sql);
  const sql = `SELECT CONCAT(VERSION(), '') AS version, CONCAT(CONNECTION_ID(), '') AS id, ${WHICH_SERVER} AS server`;
  const [row] = rowsOf(await send(connection, sql));
  if (!row) throw new DatabaseError('statement', 'the server does not say who it is');
  const kind = /mariadb/i.test(String(row.version)) ? 'mariadb' : 'mysql';
  return { connection, kind, id: String(row.id), server: String(row.server), limit: undefined };
}

/**
 * Has the server end statements by itself after so many milliseconds, if it can: MariaDB all of them, MySQL those that read
 * (`max_execution_time`). Costs a round trip only where the connection's last request had another deadline.
 */
export async function limitStatements(prepared: Prepared, timeoutMs: number, send: Send): Promise<void> {
  // A second more than the request has: what is aborted at its deadline is told as such.
  const limit = Math.ceil(timeoutMs / 1000) + 1;
  if (prepared.limit === limit) return;
  const sql =
    prepared.kind === 'mariadb'
      ? `SET SESSION max_statement_time = ${limit}`
      : `SET SESSION max_execution_time = ${limit * 1000}`;
  try {
    await send(prepared.connection, sql);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.errno !== UNKNOWN_VARIABLE) throw error;
  }
  prepared.limit = limit;
}

function rowsOf(result: unknown): Record<string, unknown>[] {
  return Array.isArray(result) ? result : [];
}
