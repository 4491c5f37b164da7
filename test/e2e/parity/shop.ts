// The bookshop behind two edges that share everything but one word: at one all routes are at legacy, at the other at new.
import { Agent } from 'node:http';
import memjs from 'memjs';
import mysql from 'mysql2/promise';
import { inject } from 'vitest';
import { allAt, type Edge, startEdge } from '../edge-process.ts';
import { type Answer, ask, explained, type Question } from '../visitor.ts';

export type Side = 'legacy' | 'new';

export type Shop = {
  /** Asks one side, as a browser that knows the shop by one name. */
  ask(side: Side, target: string, question?: Question): Promise<Answer>;
  readonly db: mysql.Connection;
  readonly cache: TestCache;
  close(): Promise<void>;
};

/** PHP's Memcache, for tests to look into and to change. */
export type TestCache = {
  has(key: string): Promise<boolean>;
  set(key: string, value: string | Buffer): Promise<void>;
  delete(key: string): Promise<void>;
};

const HOST = 'shop.example';

/** Starts both edges and connects to what they share. */
export async function openShop(): Promise<Shop> {
  const { mysqlUrl, memcacheUrl } = inject('services');
  const edges: Record<Side, Edge> = {
    legacy: await startEdge({ routes: allAt('legacy') }),
    new: await startEdge({ routes: allAt('new') }),
  };
  const db = await mysql.createConnection({ uri: bare(mysqlUrl), dateStrings: true, charset: 'utf8mb4' });
  const client = memjs.Client.create(new URL(memcacheUrl).host, { retries: 0 });
  const agent = new Agent({ keepAlive: true });
  return {
    ask: (side, target, question = {}) => {
      const headers = { Host: HOST, ...question.headers, 'X-Banyan': '1' };
      return ask(edges[side].url, { ...question, target, headers, agent });
    },
    db,
    cache: {
      has: async (key) => (await client.get(key)).value !== null,
      set: async (key, value) => void (await client.set(key, value, {})),
      delete: async (key) => void (await client.delete(key)),
    },
    close: async () => {
      agent.destroy();
      client.close();
      await Promise.all([db.end(), edges.legacy.stop(), edges.new.stop()]);
    },
  };
}

/** Says so if an answer that should be the handler's came from anybody else: legacy's would be equal to itself. */
export function notFromHandler(answer: Answer): string | undefined {
  const { side, reason } = explained(answer);
  return side === 'new' && reason !== 'fallback' ? undefined : `answered by ${side}, reason ${reason}`;
}

function bare(url: string): string {
  const address = new URL(url);
  address.search = '';
  return address.href;
}
