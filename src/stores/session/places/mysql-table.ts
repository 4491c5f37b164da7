// Sessions in a table of MySQL or MariaDB, as frameworks keep them: read without a lock, and only ever their time written.
import mysql, { type RowDataPacket } from 'mysql2';
import { createPool, type Pool, type PoolConnection } from 'mysql2/promise';
import type { Result } from '../../../php/result.ts';
import { asDatabaseError } from '../../mysql/error.ts';
import {
  type PlaceError,
  type PlaceOptions,
  type SessionPlace,
  type StoredSession,
  within,
} from '../place.ts';

/** What the columns of the table are called. */
export type SessionTable = {
  /** The table, with its database before a point where it is another one. */
  readonly name: string;
  readonly id: string;
  readonly data: string;
  /** The column that says how long a session lives, in seconds since 1970: when it ends, or when it was last used. */
  readonly time: { readonly column: string; readonly means: 'ends' | 'used' } | undefined;
  /** Whether PHP refuses a session whose time is over before it is collected. */
  readonly endsAtOnce: boolean;
  /** Further columns that the dialect looks at. */
  readonly others: readonly string[];
};

/** How the database is reached. */
export type MysqlTableOptions = PlaceOptions & {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** The character set of PHP's connection: it decides what PHP's bytes look like here. */
  readonly charset: string;
  readonly connections: number;
  readonly table: SessionTable;
};

/**
 * A connection's own settings may be the server's. With autocommit off, reads would see the past and a touch would keep its
 * lock; and a touch must not wait for a row that a request of PHP has locked: that request renews it itself. And what visitors
 * send is escaped with backslashes, which NO_BACKSLASH_ESCAPES would make text of.
 */
const SETUP = "SET SESSION autocommit = 1, innodb_lock_wait_timeout = 1, sql_mode = ''";

/** Creates the place for a table. */
export function createMysqlTablePlace(options: MysqlTableOptions): SessionPlace {
  const pool = createSessionPool(options);
  const { table, lifetime, now } = options;
  const seconds = () => Math.floor(now());
  const select = selectStatement(table);
  const update = updateStatement(table);
  return {
    read: async (key) => {
      const rows = await query(pool, options, select, [options.prefix + key]);
      if (!rows.ok) return rows;
      const row = rows.value[0] as Row | undefined;
      return {
        ok: true,
        value: row && isAlive(row, table, lifetime, seconds()) ? sessionOf(row, table) : null,
      };
    },
    touch: async (key) => {
      if (!table.time || !update) return { ok: true, value: false };
      const time = table.time.means === 'ends' ? seconds() + lifetime : seconds();
      const done = await query(pool, options, update, [time, options.prefix + key, time]);
      return done.ok ? { ok: true, value: done.affected > 0 } : done;
    },
    close: () => pool.end(),
  };
}

/** A row as the connection gives it: bytes, or null. */
type Row = Readonly<Record<string, Buffer | null>>;

function selectStatement({ name, id, data, time, others }: SessionTable): string {
  const further = others.map((column) => `, ${mysql.escapeId(column, true)}`).join('');
  const ends = time ? `, ${mysql.escapeId(time.column, true)} AS banyan_time` : '';
  return `SELECT ${mysql.escapeId(data, true)} AS banyan_data${ends}${further} FROM ${mysql.escapeId(name)} WHERE ${mysql.escapeId(id, true)} = ? LIMIT 1`;
}

/** Only ever forward: PHP may have been there a moment ago. */
function updateStatement({ name, id, time }: SessionTable): string | undefined {
  if (!time) return undefined;
  const column = mysql.escapeId(time.column, true);
  return `UPDATE ${mysql.escapeId(name)} SET ${column} = ? WHERE ${mysql.escapeId(id, true)} = ? AND ${column} < ?`;
}

function isAlive(row: Row, { time, endsAtOnce }: SessionTable, lifetime: number, now: number): boolean {
  if (!time || !endsAtOnce) return true;
  const value = Number(row.banyan_time ?? 0);
  return (time.means === 'ends' ? value : value + lifetime) >= now;
}

function sessionOf(row: Row, { others }: SessionTable): StoredSession {
  const columns = others.map((name) => [name, row[name]?.toString() ?? ''] as const);
  return { bytes: row.banyan_data ?? Buffer.alloc(0), columns: Object.fromEntries(columns) };
}

/** Creates a pool that gives every column as its bytes. Connects on first use. */
export function createSessionPool(options: Omit<MysqlTableOptions, 'table'>): Pool {
  const { host, port, user, password, database, charset, connections, timeoutMs } = options;
  const pool = createPool({
    ...{ host, port, user, password, database, charset },
    connectionLimit: connections,
    connectTimeout: timeoutMs,
    queueLimit: 1000,
    flags: ['-FOUND_ROWS', '-IGNORE_SPACE'],
    multipleStatements: false,
    typeCast: (field) => field.buffer(),
  });
  // One that cannot be set up is not used.
  pool.pool.on('connection', (connection) =>
    connection.query(SETUP, (error) => {
      if (error) connection.destroy();
    }),
  );
  return pool;
}

type Answer = Result<RowDataPacket[], PlaceError> & { readonly affected: number };

/** Runs one statement within the place's deadline; a connection that failed is not used again. */
export async function query(
  pool: Pool,
  { timeoutMs, host, port }: Pick<MysqlTableOptions, 'timeoutMs' | 'host' | 'port'>,
  sql: string,
  values: readonly (string | number)[],
): Promise<Answer> {
  let isLate = false;
  const work = async () => {
    const connection = await pool.getConnection();
    if (isLate) return connection.release();
    return send(connection, sql, values, timeoutMs);
  };
  const outcome = await within(work(), timeoutMs, `MySQL at ${host}:${port}`);
  isLate = true;
  if (!outcome.ok) return { ...outcome, affected: 0 };
  const rows = outcome.value;
  if (Array.isArray(rows)) return { ok: true, value: rows as RowDataPacket[], affected: 0 };
  return { ok: true, value: [], affected: rows ? rows.affectedRows : 0 };
}

async function send(
  connection: PoolConnection,
  sql: string,
  values: readonly (string | number)[],
  timeout: number,
) {
  try {
    const [rows] = await connection.query<RowDataPacket[] | mysql.ResultSetHeader>({ sql, timeout }, [
      ...values,
    ]);
    connection.release();
    return rows;
  } catch (error) {
    connection.destroy();
    // The server's own text may quote the key.
    throw asDatabaseError(error);
  }
}
