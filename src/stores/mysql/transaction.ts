// A transaction on a connection that one request holds.
import type { Held } from './connection.ts';
import { DatabaseError } from './error.ts';
import { createStatements, type Run, type Statements } from './statements.ts';

/** Runs the work between START TRANSACTION and COMMIT, or ROLLBACK if it is rejected; its rejection is passed on. */
export async function transact<Value>(held: Held, work: (tx: Statements) => Promise<Value>): Promise<Value> {
  let isOver = false;
  const run: Run = async (sql, parameters) => {
    if (isOver) throw new DatabaseError('ended', 'the transaction is over', { sql });
    return held.run(sql, parameters);
  };
  await held.command('START TRANSACTION');
  try {
    const value = await work(createStatements(run));
    isOver = true;
    await held.command('COMMIT');
    return value;
  } catch (error) {
    isOver = true;
    await rollBack(held);
    throw error;
  }
}

/** Without a ROLLBACK the connection must not be used again: closing it makes the server roll back. */
async function rollBack(held: Held): Promise<void> {
  try {
    await held.command('ROLLBACK');
  } catch {
    held.spoil();
  }
}
