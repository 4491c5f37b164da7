// How a call of the database ended.
import { DatabaseError } from '../../../src/stores/mysql/mysql.ts';

/** Gives a DatabaseError's code, `fulfilled` where there was none, and any other error in words. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'fulfilled';
  } catch (error) {
    return error instanceof DatabaseError ? error.code : `not a DatabaseError: ${error}`;
  }
}
