// The open connections to one address. One request at a time on each; the one used last is used first,
// so that what a quiet hour does not need stands idle until it is closed.
import { connect, type Socket } from 'node:net';
import { type buildConnector, Client } from 'undici';
import type { Timeouts } from '../../routing/route.ts';
import { MAX_HEADER_BYTES } from '../limits.ts';

/** How long a connection may have stood idle for a request that cannot be asked twice: no server closes that early. */
const RECENT_MS = 1_000;

/** What is read from a connection that is held back. */
const NOTHING = () => null;

/** undici's word for no limit. */
const ANY_TIME = 0;

const HTTP_PORT = 80;

/** As undici opens its own. */
const SOCKET = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000, highWaterMark: 64 * 1024 };

/** A place for one request at a time: undici opens its connection when it is first needed. */
export class Connection {
  readonly client: Client;
  /** How often a connection has been opened here: it tells a connection that stood before a request from a new one. */
  opened = 0;
  isOpen = false;
  isFree = false;
  /** The connection was reset: what undici takes for the end of an answer without a length is none. */
  wasReset = false;
  /** When it was last given back, in milliseconds. */
  freeSince = 0;
  #socket: Socket | undefined;
  #held: Socket | undefined;

  constructor(origin: string, options: Client.Options) {
    this.client = new Client(origin, { ...options, connect: (to, tell) => this.#connect(to, tell) });
  }

  /** Closes the connection, also one that is only being opened: undici would let that go on. */
  close(): Promise<void> {
    if (this.#socket?.connecting) this.#socket.destroy(new Error('given up'));
    return this.client.destroy();
  }

  #connect({ hostname, port }: buildConnector.Options, tell: buildConnector.Callback): void {
    const socket = connect({ ...SOCKET, host: hostname, port: Number(port) || HTTP_PORT });
    this.#socket = socket;
    const fail = (error: Error) => tell(error, null);
    socket.once('error', fail).once('connect', () => {
      // undici's own listener comes later.
      socket.off('error', fail).on('error', (failure: NodeJS.ErrnoException) => {
        this.wasReset ||= failure.code === 'ECONNRESET';
      });
      tell(null, socket);
    });
  }

  /**
   * Lets what the upstream sends wait: undici finds nothing to read, and the end of the connection is not seen before
   * what stands in front of it. undici's own way of pausing fails where the connection ends meanwhile (undici#5360).
   */
  hold(): void {
    this.#held = this.#socket;
    if (this.#held) this.#held.read = NOTHING;
  }

  /** Lets it come again; not at once, for undici may be at work on this very answer. */
  release(): void {
    const socket = this.#held;
    if (!socket) return;
    this.#held = undefined;
    Reflect.deleteProperty(socket, 'read');
    queueMicrotask(() => socket.emit('readable'));
  }
}

export class Connections {
  readonly #origin: string;
  readonly #options: Client.Options;
  readonly #all = new Set<Connection>();
  readonly #free: Connection[] = [];

  constructor(origin: string, timeouts: Timeouts) {
    this.#origin = origin;
    this.#options = {
      // Who forwards looks after the times to connect and between pieces: a route may say longer ones, and an
      // answer that waits for its visitor to read is not late.
      bodyTimeout: ANY_TIME,
      headersTimeout: timeouts.headers,
      pipelining: 1,
      maxHeaderSize: MAX_HEADER_BYTES,
    };
  }

  /** Returns a connection that nobody uses. It must be given back, or discarded. */
  take(): Connection {
    const free = this.#free.pop();
    if (!free) return this.takeFresh();
    free.isFree = false;
    return free;
  }

  /**
   * Returns a connection on which something was answered a moment ago, or one that is not open yet: for a
   * request that cannot be asked twice if the upstream closes what stands idle just then.
   */
  takeRecent(): Connection {
    const latest = this.#free.at(-1);
    const isRecent = latest !== undefined && performance.now() - latest.freeSince < RECENT_MS;
    return isRecent ? this.take() : this.takeFresh();
  }

  /** Returns a connection that has not been opened yet. */
  takeFresh(): Connection {
    const connection = new Connection(this.#origin, this.#options);
    connection.client.on('connect', () => {
      connection.opened += 1;
      connection.wasReset = false;
      connection.isOpen = true;
    });
    connection.client.on('disconnect', () => {
      connection.isOpen = false;
      if (connection.isFree) this.discard(connection);
    });
    this.#all.add(connection);
    return connection;
  }

  /** Keeps a connection for the next request, unless it has been closed. */
  giveBack(connection: Connection): void {
    if (!connection.isOpen) return this.discard(connection);
    connection.isFree = true;
    connection.freeSince = performance.now();
    this.#free.push(connection);
  }

  /** Closes a connection, and breaks off what is still under way on it. */
  discard(connection: Connection): void {
    if (connection.isFree) this.#free.splice(this.#free.indexOf(connection), 1);
    connection.isFree = false;
    this.#all.delete(connection);
    void connection.close();
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map((connection) => connection.close()));
  }
}
