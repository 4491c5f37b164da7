// Ends statements whose request is over: a server goes on with one after its client has left (MariaDB and MySQL alike).
import { type Connection, createConnection, type PoolOptions } from 'mysql2';

/** A connection as its server knows it. */
export type ServerSide = {
  readonly id: string;
  /** Which server it is: behind a balancer the next connection may lead to another one, where the id is somebody else's. */
  readonly server: string;
};

/** The SQL that says which server one is talking to. */
export const WHICH_SERVER = "CONCAT_WS(' ', @@hostname, @@port, @@server_id)";

/** Kills connections over one of its own, opened when needed and ended when nothing waits. */
export class Killer {
  readonly #options: PoolOptions;
  #waiting: ServerSide[] = [];
  #connection: Connection | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Has a connection killed, which also rolls back. What cannot be killed runs until its time limit. */
  kill(target: ServerSide): void {
    this.#waiting.push(target);
    if (!this.#connection) void this.#work();
  }

  /** Forgets what waits. */
  close(): void {
    this.#waiting = [];
    this.#connection?.destroy();
  }

  async #work(): Promise<void> {
    const connection = createConnection({ ...this.#options, rowsAsArray: true });
    // What fails is told to the callback of the statement as well.
    connection.on('error', () => {});
    this.#connection = connection;
    try {
      const server = firstColumn(await send(connection, `SELECT ${WHICH_SERVER}`));
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
        // It may have ended meanwhile: ER_NO_SUCH_THREAD.
        if (next.server === server) await send(connection, `KILL ${next.id}`).catch(() => {});
      }
    } catch {
      this.#waiting = [];
    }
    this.#connection = undefined;
    connection.destroy();
  }
}

/** How long the server may take over a kill, in milliseconds. */
const PATIENCE_MS = 2_000;

function send(connection: Connection, sql: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query({ sql, timeout: PATIENCE_MS }, (error, result) =>
      error ? reject(error) : resolve(result),
    );
  });
}

function firstColumn(rows: unknown): unknown {
  return Array.isArray(rows) && Array.isArray(rows[0]) ? rows[0][0] : undefined;
}
