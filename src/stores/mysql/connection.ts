// One connection for one piece of work: prepared once, given back clean, destroyed when the request is over before it is.
import type { Duplex } from 'node:stream';
import type { Pool, PoolConnection } from 'mysql2';
import { untilAborted } from '../until-aborted.ts';
import { asDatabaseError, DatabaseError } from './error.ts';
import type { Killer } from './kill.ts';
import { bind, type ParameterValues } from './parameters.ts';
import { limitStatements, type Prepared, prepare } from './prepared.ts';
import { type Send, send } from './send.ts';
import { leavesTraces } from './statement-kind.ts';

/** One connection while one piece of work has it. */
export interface Held {
  /** Binds and runs a statement. Rejects with a DatabaseError. */
  run(sql: string, parameters?: ParameterValues): Promise<unknown>;
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
  /** The connections on which they were run. */
  readonly prepared: WeakMap<PoolConnection, Prepared>;
  readonly killer: Killer;
}

/** The request that connections are held for. */
export interface Holder {
  readonly signal: AbortSignal;
  /** How long it may take in all, in milliseconds. */
  readonly timeoutMs: number;
}

/** Creates the loan for a request. On abort connections in use are killed and all promises reject at once. */
export function createHold(source: ConnectionSource, holder: Holder): Hold {
  return async (work) => {
    const prepared = await acquire(source, holder);
    const loan = lend(prepared.connection, holder.signal);
    try {
      return await untilAborted(work(loan.held), holder.signal, aborted);
    } finally {
      if (loan.isBusy()) source.killer.kill(prepared);
      if (loan.isBusy() || holder.signal.aborted || loan.isSpoiled()) drop(prepared.connection);
      else prepared.connection.release();
    }
  };
}

type Loan = { readonly held: Held; isSpoiled(): boolean; isBusy(): boolean };

function lend(connection: PoolConnection, signal: AbortSignal): Loan {
  let spoiled = false;
  let underWay = 0;
  async function command(text: string, sql = text): Promise<unknown> {
    if (signal.aborted) throw aborted();
    underWay += 1;
    const answer = send(connection, text, sql).finally(() => {
      underWay -= 1;
    });
    try {
      return await untilAborted(answer, signal, aborted);
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
  const held = { run, command: (sql: string) => command(sql), spoil };
  return { held, isSpoiled: () => spoiled, isBusy: () => underWay > 0 };
}

/** Waits for a free connection. One that comes after the abort goes back unused. */
async function acquire(source: ConnectionSource, holder: Holder): Promise<Prepared> {
  const { signal } = holder;
  if (signal.aborted) throw aborted();
  const pending = connect(source.pool);
  const connection = await untilAborted(pending, signal, aborted).catch((error: unknown) => {
    pending.then(
      (late) => late.release(),
      () => {},
    );
    throw error;
  });
  const patient: Send = (...statement) => untilAborted(send(...statement), signal, aborted);
  try {
    const known = source.prepared.get(connection);
    const prepared = known ?? (await prepare(connection, source.setup, patient));
    if (!known) source.prepared.set(connection, prepared);
    await limitStatements(prepared, holder.timeoutMs, patient);
    return prepared;
  } catch (error) {
    drop(connection);
    throw error;
  }
}

/** mysql2 alone would go on reading what the server still sends. */
function drop(connection: PoolConnection): void {
  connection.destroy();
  (connection as PoolConnection & { readonly stream: Duplex }).stream.destroy();
}

function connect(pool: Pool): Promise<PoolConnection> {
  return new Promise((resolve, reject) => {
    pool.getConnection((error, connection) => {
      if (error) reject(asDatabaseError(error));
      else resolve(connection);
    });
  });
}

function aborted(): DatabaseError {
  return new DatabaseError('aborted', 'the request was over before the database answered');
}
