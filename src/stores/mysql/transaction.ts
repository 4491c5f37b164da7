// A transaction on a connection that one request holds.
import type { AfterCommit } from './after-commit.ts';
import type { Held } from './connection.ts';
import { DatabaseError } from './error.ts';
import { createStatements, type Run, type Statements } from './statements.ts';

/**
 * Runs the work between START TRANSACTION and COMMIT, or ROLLBACK if it is rejected; its rejection is passed on. What was
 * put off until after the COMMIT is done before the promise is fulfilled.
 */
export async function transact<Value>(
  held: Held,
  afterCommit: AfterCommit,
  work: (tx: Statements) => Promise<Value>,
): Promise<Value> {
  let isOver = false;
  const run: Run = async (sql, parameters) => {
    if (isOver) throw new DatabaseError('ended', 'the transaction is over', { sql });
    return held.run(sql, parameters);
  };
  await held.command('START TRANSACTION');
  afterCommit.begun();
  try {
    const value = await work(createStatements(run));
    isOver = true;
    await commit(held, afterCommit);
    return value;
  } catch (error) {
    if (!isOver) await afterCommit.ended('rolled back');
    isOver = true;
    await rollBack(held);
    throw error;
  }
}

/** Nobody knows what became of a COMMIT that was not answered: then it counts as done. */
async function commit(held: Held, afterCommit: AfterCommit): Promise<void> {
  try {
    await held.command('COMMIT');
    await afterCommit.ended('committed');
  } catch (error) {
    const isRefused = error instanceof DatabaseError && error.errno !== undefined;
    await afterCommit.ended(isRefused ? 'rolled back' : 'committed');
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
