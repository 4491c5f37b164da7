// The places where PHP keeps sessions, each with real servers, real PHP that writes, and a look behind the curtain.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import type { PhpSettings } from './php-sessions.ts';
import { type Server, startMemcached, startRedis } from './servers.ts';

/** One place with everything that a test needs. */
export type PlaceUnderTest = {
  /** SESSION_URL, with at least one option. */
  readonly url: string;
  readonly php: PhpSettings;
  /** Everything that lies in the place, locks included. */
  keys(): Promise<string[]>;
  /** How many seconds a session has left. */
  secondsLeft(id: string): Promise<number>;
  /** Has the servers stop answering, and answer again. */
  hang?(): void;
  goOn?(): void;
  close(): Promise<void>;
};

/** How long PHP keeps sessions here, in seconds; the edge is told another time, so that one sees whose it is. */
export const PHP_LIFETIME = 600;

const settings = { 'session.gc_maxlifetime': String(PHP_LIFETIME), 'session.gc_probability': '0' };

/** Makes a session id that no other test has. */
export function newId(): string {
  return randomBytes(16).toString('hex');
}

async function memcachedKeys(servers: readonly Server[]): Promise<Map<string, number>> {
  const dumps = await Promise.all(servers.map((server) => server.say('lru_crawler metadump all', 'END\r\n')));
  const keys = new Map<string, number>();
  for (const [, encoded = '', ends] of dumps.join('').matchAll(/^key=(\S+) exp=(-?\d+)/gm)) {
    const key = decodeURIComponent(encoded);
    // memcache.session_redundancy: the second server's copy is nobody's but in need.
    keys.set(key, Math.max(keys.get(key) ?? 0, Number(ends)));
  }
  return keys;
}

function memcachedPlace(servers: readonly Server[], scheme: string, php: PhpSettings): PlaceUnderTest {
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return {
    url: `${scheme}://${hosts}?timeout=500ms`,
    php,
    keys: async () => [...(await memcachedKeys(servers)).keys()],
    secondsLeft: async (id) => {
      const keys = await memcachedKeys(servers);
      const [, ends = 0] = [...keys].find(([key]) => key.endsWith(id)) ?? [];
      return ends - Date.now() / 1000;
    },
    hang: () => signalAll(servers, 'SIGSTOP'),
    goOn: () => signalAll(servers, 'SIGCONT'),
    close: async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

function signalAll(servers: readonly Server[], signal: NodeJS.Signals): void {
  for (const server of servers) server.signal(signal);
}

function startMemcacheds(count: number): Promise<Server[]> {
  return Promise.all(Array.from({ length: count }, startMemcached));
}

/** pecl/memcached 3 with its defaults, on three servers. */
export async function memcachedUnderTest(php: string): Promise<PlaceUnderTest> {
  const servers = await startMemcacheds(3);
  const save = { 'session.save_handler': 'memcached', 'session.save_path': hostsOf(servers) };
  return memcachedPlace(servers, 'memcached', { php, settings: { ...settings, ...save } });
}

/** pecl/memcache with its defaults, on two servers. */
export async function memcacheUnderTest(php: string): Promise<PlaceUnderTest> {
  const servers = await startMemcacheds(2);
  const path = servers.map(({ port }) => `tcp://127.0.0.1:${port}`).join(',');
  const save = { 'session.save_handler': 'memcache', 'session.save_path': path };
  return memcachedPlace(servers, 'memcache', { php, settings: { ...settings, ...save } });
}

function hostsOf(servers: readonly Server[]): string {
  return servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
}

/** phpredis on a server for each weight, with its locks on. */
export async function redisUnderTest(php: string, weights = [1, 3]): Promise<PlaceUnderTest> {
  const servers = await Promise.all(weights.map(() => startRedis('--requirepass', 'hush@1')));
  const path = servers.map(
    ({ port }, i) => `tcp://127.0.0.1:${port}?auth=hush%401&database=2&weight=${weights[i]}`,
  );
  const save = {
    'session.save_handler': 'redis',
    'session.save_path': path.join(','),
    'redis.session.locking_enabled': '1',
  };
  const clients = servers.map(({ port }) =>
    createClient({ socket: { port }, password: 'hush@1', database: 2 }).on('error', () => {}),
  );
  await Promise.all(clients.map((client) => client.connect()));
  return {
    url: `redis://:hush%401@${servers.map(({ port }, i) => `127.0.0.1:${port}:${weights[i]}`).join(',')}/2?timeout=500ms`,
    php: { php, settings: { ...settings, ...save } },
    keys: async () => (await Promise.all(clients.map((client) => client.keys('*')))).flat(),
    secondsLeft: async (id) =>
      Math.max(...(await Promise.all(clients.map((client) => client.ttl(`PHPREDIS_SESSION:${id}`))))),
    hang: () => signalAll(servers, 'SIGSTOP'),
    goOn: () => signalAll(servers, 'SIGCONT'),
    close: async () => {
      for (const client of clients) client.destroy();
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

/** PHP's files, two levels deep. */
export async function filesUnderTest(php: string): Promise<PlaceUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'banyan-sessions-'));
  const letters = [...'0123456789abcdefghijklmnopqrstuv'];
  for (const one of letters)
    for (const two of letters) mkdirSync(join(folder, one, two), { recursive: true });
  const save = { 'session.save_handler': 'files', 'session.save_path': `2;${folder}` };
  return {
    url: `file://${folder}?depth=2`,
    php: { php, settings: { ...settings, ...save } },
    keys: async () =>
      readdirSync(folder, { recursive: true })
        .map(String)
        .filter((name) => name.includes('sess_')),
    secondsLeft: async (id) => {
      const { mtimeMs } = statSync(join(folder, id.slice(0, 1), id.slice(1, 2), `sess_${id}`));
      return PHP_LIFETIME - (Date.now() - mtimeMs) / 1000;
    },
    close: async () => rmSync(folder, { recursive: true }),
  };
}

/** A table of MariaDB. */
export async function tableUnderTest(php: string, mysqlUrl: string): Promise<PlaceUnderTest> {
  const table = `sessions_${newId()}`;
  const pool = mysql.createPool(mysqlUrl);
  await pool.query(
    `CREATE TABLE ${table} (id VARCHAR(128) PRIMARY KEY, data LONGBLOB NOT NULL, expires INT NOT NULL)`,
  );
  const { hostname, port, username, password, pathname } = new URL(mysqlUrl);
  return {
    url: `${mysqlUrl}?table=${table}&expiresColumn=expires`,
    php: {
      php,
      settings,
      environment: {
        SESSION_TABLE: table,
        SESSION_DSN: `mysql:host=${hostname};port=${port};dbname=${pathname.slice(1)}`,
        SESSION_USER: username,
        SESSION_PASSWORD: password,
      },
    },
    keys: async () => {
      const [rows] = await pool.query<RowDataPacket[]>(`SELECT id FROM ${table}`);
      return rows.map((row) => String(row.id));
    },
    secondsLeft: async (id) => {
      const [rows] = await pool.query<RowDataPacket[]>(`SELECT expires FROM ${table} WHERE id = ?`, [id]);
      return Number(rows[0]?.expires ?? 0) - Date.now() / 1000;
    },
    close: async () => {
      await pool.query(`DROP TABLE ${table}`);
      await pool.end();
    },
  };
}
