// One connection for one piece of work: prepared once, given back clean, destroyed when the request is over before it is.
import type { Pool, PoolConnection } from 'mysql2';
import { asDatabaseError, DatabaseError } from './error.ts';
import { bind, leavesTraces, type Parameter } from './parameters.ts';

/** One connection while one piece of work has it. */
export interface Held {
  /** Binds and runs a statement. Rejects with a DatabaseError. */
  run(sql: string, parameters?: readonly Parameter[]): Promise<unknown>;
  /** Runs a statement of our own as it is. */
  command(sql: string): Promise<unknown>;
  /** Has the connection destroyed instead of given back. */
  spoil(): void;
}

/** Lends connections of one pool to one request's pieces of work. */
export type Hold = <Value>(work: (held: Held) => Promise<Value>) => Promise<Value>;

/** Opens connections of one kind. */
export interface ConnectionSource {
  readonly pool: Pool;
  /** Statements that make a new connection what it should be. */
  readonly setup: readonly string[];
  /** Connections on which they were run. */
  readonly prepared: WeakSet<PoolConnection>;
}

/** Creates the loan for a request. On abort connections in use are destroyed and all promises reject at once. */
export function createHold(source: ConnectionSource, signal: AbortSignal): Hold {
  return async (work) => {
    const connection = await acquire(source, signal);
    const loan = lend(connection, signal);
    try {
      return await untilAborted(work(loan.held), signal);
    } finally {
      if (signal.aborted || loan.isSpoiled()) connection.destroy();
      else connection.release();
    }
  };
}

function lend(connection: PoolConnection, signal: AbortSignal): { held: Held; isSpoiled(): boolean } {
  let spoiled = false;
  async function command(text: string, sql = text): Promise<unknown> {
    try {
      return await untilAborted(send(connection, text, sql), signal);
    } catch (error) {
      // After an error that the server reported the connection is in order; after any other nobody knows.
      if (!(error instanceof DatabaseError) || error.errno === undefined) spoiled = true;
      throw error;
    }
  }
  const run: Held['run'] = async (sql, parameters) => {
    const text = bind(sql, parameters);
    if (leavesTraces(sql)) spoiled = true;
    return command(text, sql);
  };
  const spoil = () => {
    spoiled = true;
  };
  return { held: { run, command: (sql) => command(sql), spoil }, isSpoiled: () => spoiled };
}

/** Waits for a free connection. One that comes after the abort goes back unused. */
async function acquire(source: ConnectionSource, signal: AbortSignal): Promise<PoolConnection> {
  if (signal.aborted) throw aborted();
  const pending = connect(source.pool);
  const connection = await untilAborted(pending, signal).catch((error: unknown) => {
    pending.then(
      (late) => late.release(),
      () => {},
    );
    throw error;
  });
  if (!source.prepared.has(connection)) await prepare(source, connection, signal);
  return connection;
}

async function prepare(
  source: ConnectionSource,
  connection: PoolConnection,
  signal: AbortSignal,
): Promise<void> {
  try {
    await untilAborted(Promise.all(source.setup.map((sql) => send(connection, sql, sql))), signal);
    source.prepared.add(connection);
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

function connect(pool: Pool): Promise<PoolConnection> {
  return new Promise((resolve, reject) => {
    pool.getConnection((error, connection) => {
      if (error) reject(asDatabaseError(error));
      else resolve(connection);
    });
  });
}

function send(connection: PoolConnection, text: string, sql: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query(text, (error, result: unknown) => {
      if (error) reject(asDatabaseError(error, sql));
      else resolve(result);
    });
  });
}

function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(aborted());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function aborted(): DatabaseError {
  return new DatabaseError('aborted', 'the request was over before the database answered');
}
