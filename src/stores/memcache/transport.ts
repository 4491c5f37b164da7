// One Memcache server behind a deadline. memjs can hang for ever when a server closes, and give garbage after a timeout
// (seen with 1.3.2), so no client outlives its first trouble and nothing it says afterwards is heard.
import { Client, Server } from 'memjs';
import { failure, type Result, success } from '../../php/result.ts';
import type { ServerAddress } from './ring.ts';

/** What a server holds under a key. */
export interface MemcacheItem {
  /** 32 bits in which PHP notes type and compression. */
  readonly flags: number;
  readonly value: Buffer;
}

/** Says why a server gave no answer. */
export interface MemcacheError {
  readonly code: 'timeout' | 'unreachable' | 'bad-key' | 'closed';
  readonly message: string;
}

/** One server. Every promise settles within the deadline and none rejects. */
export interface MemcacheTransport {
  /** Reads a key; null if there is no such key. */
  get(key: string): Promise<Result<MemcacheItem | null, MemcacheError>>;
  /** Deletes a key; false if there was none. */
  delete(key: string): Promise<Result<boolean, MemcacheError>>;
  /** Ends the connection; operations under way fail. */
  close(): void;
}

/** Bounds what a server that is in trouble may cost. */
export interface TransportLimits {
  /** For one operation in all, connecting included, in milliseconds. */
  readonly timeout: number;
  /** How long operations fail at once after a failure, in milliseconds. */
  readonly backOff: number;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
}

/** memjs numbers its operations in 31 bits and fails for good once they are used up. */
const MAX_OPERATIONS = 2 ** 30;

/** Creates the transport for one server. Nothing is connected before the first operation. */
export function createTransport(address: ServerAddress, limits: TransportLimits): MemcacheTransport {
  const name = `${address.host}:${address.port}`;
  let line: Line | undefined;
  let blockedUntil = Number.NEGATIVE_INFINITY;
  let closed = false;

  async function run<Value>(
    operation: (client: Client) => Promise<Value>,
  ): Promise<Result<Value, MemcacheError>> {
    if (closed) return failure({ code: 'closed', message: `${name}: already closed` });
    if (limits.now() < blockedUntil) return failure(unreachable(`${name}: failed a moment ago`));
    line = !line || line.isSpent() ? openLine(address, limits.timeout) : line;
    const used = line;
    const outcome = await used.run(operation, name);
    if (!outcome.ok) drop(used);
    return outcome;
  }

  function drop(failed: Line): void {
    failed.destroy();
    if (line !== failed) return;
    line = undefined;
    blockedUntil = limits.now() + limits.backOff;
  }

  return {
    get: (key) => run(async (client) => itemOf(await client.get(key))),
    delete: (key) => run((client) => client.delete(key)),
    close: () => {
      closed = true;
      line?.destroy();
    },
  };
}

interface Line {
  run<Value>(
    operation: (client: Client) => Promise<Value>,
    name: string,
  ): Promise<Result<Value, MemcacheError>>;
  /** States that the client should be replaced, and can be without failing anything under way. */
  isSpent(): boolean;
  destroy(): void;
}

function openLine(address: ServerAddress, timeout: number): Line {
  const { client, server } = createClient(address, timeout);
  let started = 0;
  let underWay = 0;
  return {
    isSpent: () => started >= MAX_OPERATIONS && underWay === 0,
    // memjs's close() only says goodbye; this ends the socket and fails what is under way.
    destroy: () => server.error(new Error('connection dropped')),
    run: async (operation, name) => {
      started++;
      underWay++;
      const outcome = await withDeadline(operation(client), timeout, name);
      underWay--;
      return outcome;
    },
  };
}

/** Creates a memjs client whose own timers and retries never act: the deadline here comes first. */
function createClient({ host, port }: ServerAddress, timeout: number): { client: Client; server: Server } {
  const patience = timeout / 1000 + 60;
  const server = new Server(host, port, undefined, undefined, { timeout: patience, conntimeout: patience });
  // memjs would take these from environment variables of its own.
  Object.assign(server, { username: undefined, password: undefined });
  const client = new Client([server], { retries: 1, failover: false, logger: { log: () => {} } });
  return { client, server };
}

function withDeadline<Value>(
  answer: Promise<Value>,
  timeout: number,
  name: string,
): Promise<Result<Value, MemcacheError>> {
  return new Promise((resolve) => {
    const late = () =>
      resolve(failure({ code: 'timeout', message: `${name}: no answer within ${timeout} ms` }));
    const timer = setTimeout(late, timeout);
    const settle = (outcome: Result<Value, MemcacheError>) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    answer.then(
      (value) => settle(success(value)),
      (error: unknown) =>
        settle(failure(unreachable(`${name}: ${error instanceof Error ? error.message : error}`))),
    );
  });
}

function itemOf(answer: { value: Buffer | null; flags: Buffer | null }): MemcacheItem | null {
  if (answer.value === null) return null;
  if (answer.flags?.length !== 4) throw new Error('an answer without flags');
  return { flags: answer.flags.readUInt32BE(0), value: answer.value };
}

function unreachable(message: string): MemcacheError {
  return { code: 'unreachable', message };
}
