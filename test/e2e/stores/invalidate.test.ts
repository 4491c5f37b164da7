// PHP's keys are deleted after the COMMIT of a real transaction, again a second later, and at the latest before the end.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { defineHandler } from '../../../src/native/define-handler.ts';
import { type Cache, createCache } from '../../../src/stores/memcache/cache.ts';
import { createMemcache } from '../../../src/stores/memcache/memcache.ts';
import { createDatabase, type Database } from '../../../src/stores/mysql/mysql.ts';
import { startEdge, type TestEdge } from '../../edge/edge-in-one-process.ts';
import { startEdge as startRealEdge } from '../edge-process.ts';

const services = inject('services');
const [host, port] = services.memcacheUrl.replace(/^memcached:\/\//, '').split(':');
const memcacheUrl = `${services.memcacheUrl}?prefix=inv.&timeout=5s`;

/** Runs PHP with its own client of the same Memcache. */
function php(code: string): string {
  const setUp = `$m = new Memcached; $m->addServer("${host}", ${port}); $m->setOption(Memcached::OPT_PREFIX_KEY, "inv.");`;
  return execFileSync(services.php, ['-r', `${setUp} ${code}`]).toString();
}

const phpSets = (value = 'old') => php(`$m->set("row:1", "${value}") or exit(1);`);
const phpSees = () => php('echo $m->get("row:1") ?: "nothing";');

let database: Database;
let cache: Cache;
let edge: TestEdge;
/** What PHP sees while a handler's transaction is open. */
let seenInside: string | undefined;

const invalidates = ['row:*'];
const writes = defineHandler({ invalidates, session: false }, async ({ db, cache: view, form }) => {
  await db.transaction(async (tx) => {
    await tx.execute('UPDATE products SET title = title WHERE id = 1');
    await view.invalidate(['row:1']);
    seenInside = phpSees();
    if (form.fail === 'yes') throw new Error('something is wrong');
  });
  return { done: true };
});
const writesAtOnce = defineHandler({ invalidates, session: false }, async ({ cache: view }) => {
  await view.invalidate(['row:1']);
  return { done: true };
});

beforeAll(async () => {
  database = createDatabase(services.mysqlUrl);
  cache = createCache(createMemcache(memcacheUrl));
  edge = await startEdge({
    routes: `routes:
      writes: { match: POST /writes, handler: writes, stage: new }
      at-once: { match: POST /at-once, handler: at-once, stage: new }`,
    handlers: { writes, 'at-once': writesAtOnce },
    legacyUrl: 'http://127.0.0.1:1',
    stores: { database, cache },
  });
});
afterAll(async () => {
  await edge.close();
  await cache.close();
  await database.close();
});

async function post(path: string, fields: Record<string, string> = {}): Promise<number> {
  const body = new URLSearchParams(fields);
  return (await fetch(`http://127.0.0.1:${edge.port}${path}`, { method: 'POST', body })).status;
}

describe('a key that a handler invalidates', () => {
  test('is there until the COMMIT, and is gone before the answer', async () => {
    phpSets();
    expect(await post('/writes')).toBe(200);
    expect(seenInside).toBe('old');
    expect(phpSees()).toBe('nothing');
  });

  test('stays when the transaction is rolled back', async () => {
    phpSets();
    expect(await post('/writes', { fail: 'yes' })).toBe(500);
    expect(phpSees()).toBe('old');
  });

  test('is deleted once more, should PHP have stored what it had read before', async () => {
    phpSets();
    await post('/at-once');
    phpSets('old again');
    await expect.poll(phpSees, { timeout: 10_000, interval: 200 }).toBe('nothing');
  });

  test('is deleted once more before the end', async () => {
    const own = createCache(createMemcache(memcacheUrl));
    await own.invalidate(['row:1']);
    phpSets('old again');
    await own.close();
    expect(phpSees()).toBe('nothing');
  });
});

test('what PHP had filled for a handler is counted by route, in the metrics of the edge', async () => {
  const real = await startRealEdge({
    routes:
      'routes: { product-page: { match: "GET /products/:id<int>", handler: products/show, stage: new } }',
  });
  try {
    await fetch(`${services.legacyUrl}/products/3`);
    await fetch(`${real.url}/products/3`);
    const metrics = await (await fetch(`${real.admin}/metrics`)).text();
    expect(metrics).toMatch(/^banyan_cache_reads_total\{route="product-page",filler="php"\} 1$/m);
  } finally {
    await real.stop();
  }
});
