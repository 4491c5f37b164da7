// Sessions in Redis, as phpredis writes them. Sources: phpredis redis_session.c; its locks (`<key>_LOCK`) are left alone.
import type { RedisClientOptions } from '@redis/client';
import { failure, type Result, success } from '../../../php/result.ts';
import type { UrlServer } from '../../url-options.ts';
import {
  NO_COLUMNS,
  type PlaceError,
  type PlaceOptions,
  type SessionPlace,
  type StoredSession,
  within,
} from '../place.ts';

/** How Redis is reached. */
export type RedisOptions = PlaceOptions & {
  readonly servers: readonly UrlServer[];
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
};

/** How long a server that failed is left alone, in milliseconds. */
const BACK_OFF = 500;

/** Creates the place for one Redis server, or for several as phpredis spreads sessions over them. */
export function createRedisPlace(options: RedisOptions): SessionPlace {
  const library = createLibrary();
  const servers = options.servers.map((server) => createServerLine(options, server, library));
  const run = <Value>(key: string, command: (client: Redis, key: string) => Promise<Value>) => {
    const line = servers[serverOf(key, options.servers)];
    return line ? line.run((client) => command(client, options.prefix + key)) : NO_SERVER;
  };
  return {
    read: (key) =>
      run(key, async (client, full) => {
        const bytes = await client.get(full);
        return bytes === null ? null : ({ bytes, columns: NO_COLUMNS } satisfies StoredSession);
      }),
    touch: (key) => run(key, (client, full) => renew(client, full, options.lifetime)),
    close: () => {
      library.close();
      for (const line of servers) line.close();
    },
  };
}

type Library = { load(): Promise<typeof import('@redis/client')>; close(): void };

/** The library takes 20 MiB and a fifth of a second: it is loaded by those who use it, and before a request waits for it. */
function createLibrary(): Library {
  let loading: ReturnType<Library['load']> | undefined;
  const load = () => {
    loading ??= import('@redis/client');
    return loading;
  };
  // Who only looks whether the URL is right closes the place at once.
  const soon = setImmediate(load);
  return { load, close: () => clearImmediate(soon) };
}

const NO_SERVER = Promise.resolve(failure({ message: 'Redis: no server' }));

/**
 * Spreads ids as phpredis does: their first four bytes, little endian, modulo the weights, counted from the last server of
 * save_path to the first. Source: redis_pool_get_sock, redis_pool_add.
 */
export function serverOf(key: string, servers: readonly UrlServer[]): number {
  if (servers.length < 2) return 0;
  const first = Buffer.alloc(4);
  first.write(key, 'latin1');
  let place = first.readUInt32LE(0) % servers.reduce((sum, { weight }) => sum + weight, 0);
  return servers.findLastIndex(({ weight }) => {
    place -= weight;
    return place < 0;
  });
}

/** Only ever forward: PHP may let its sessions live longer than the edge was told. EXPIRE itself can do so since Redis 7 alone. */
async function renew(client: Redis, key: string, lifetime: number): Promise<boolean> {
  const left = await client.ttl(key);
  if (left >= 0 && left < lifetime) return client.expire(key, lifetime);
  return left !== -2;
}

/** The commands used. */
type Redis = {
  get(key: string): Promise<Buffer | null>;
  /** Gives the seconds that are left; -1 for a key without an end, -2 where there is none. */
  ttl(key: string): Promise<number>;
  expire(key: string, seconds: number): Promise<boolean>;
  destroy(): void;
};

type ServerLine = {
  run<Value>(command: (client: Redis) => Promise<Value>): Promise<Result<Value, PlaceError>>;
  close(): void;
};

/** No client outlives its first trouble: a new one is made for the next command, after a moment. */
function createServerLine(options: RedisOptions, server: UrlServer, library: Library): ServerLine {
  const name = `Redis at ${server.host}:${server.port}`;
  let client: Promise<Redis> | undefined;
  let blockedUntil = 0;
  let isClosed = false;

  function drop(failed: Promise<Redis>): void {
    failed.then(destroy, () => {});
    if (client !== failed) return;
    client = undefined;
    blockedUntil = options.now() + BACK_OFF / 1000;
  }

  return {
    run: async (command) => {
      if (isClosed) return failure({ message: `${name}: already closed` });
      if (options.now() < blockedUntil) return failure({ message: `${name}: failed a moment ago` });
      client ??= library.load().then((loaded) => connect(loaded, options, server));
      const used = client;
      const outcome = await within(used.then(command), options.timeoutMs, name);
      if (!outcome.ok) drop(used);
      return outcome.ok ? success(outcome.value) : outcome;
    },
    close: () => {
      isClosed = true;
      client?.then(destroy, () => {});
    },
  };
}

function destroy(client: Redis): void {
  client.destroy();
}

async function connect(
  { createClient, RESP_TYPES }: Awaited<ReturnType<Library['load']>>,
  options: RedisOptions,
  server: UrlServer,
): Promise<Redis> {
  const client = createClient(clientOptions(options, server)).withTypeMapping({
    [RESP_TYPES.BLOB_STRING]: Buffer,
  });
  // Whoever waits for a command hears of its failure; without a listener the process would end.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    client.destroy();
    throw error;
  }
  return {
    get: (key) => client.get(key),
    ttl: (key) => client.ttl(key),
    expire: async (key, seconds) => (await client.expire(key, seconds)) === 1,
    destroy: () => {
      if (client.isOpen) client.destroy();
    },
  };
}

type Nothing = Record<string, never>;

function clientOptions(
  options: RedisOptions,
  { host, port }: UrlServer,
): RedisClientOptions<Nothing, Nothing, Nothing, 2> {
  const { username, password, database, tls, timeoutMs } = options;
  const shared = { host, port, connectTimeout: timeoutMs, reconnectStrategy: false } as const;
  return {
    // The protocol that servers before 6 speak as well.
    RESP: 2,
    socket: tls ? { ...shared, tls } : shared,
    database,
    disableClientInfo: true,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}
