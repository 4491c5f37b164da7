// One statement on one connection, as a promise.
import type { PoolConnection } from 'mysql2';
import { asDatabaseError } from './error.ts';

/** Sends a text; `sql` is what an error names. Rejects with a DatabaseError. */
export type Send = (connection: PoolConnection, text: string, sql?: string) => Promise<unknown>;

/** Sends at once, and waits for the answer however long it takes. */
export const send: Send = (connection, text, sql = text) =>
  new Promise((resolve, reject) => {
    connection.query(text, (error, result: unknown) => {
      if (error) reject(asDatabaseError(error, sql));
      else resolve(result);
    });
  });
