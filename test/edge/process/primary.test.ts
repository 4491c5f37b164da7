// The primary and its workers, which are stand-ins: nothing is served.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { bindSocket } from '../../../src/edge/process/listening-socket.ts';
import { Primary, type PrimaryEvent } from '../../../src/edge/process/primary.ts';
import { readSettings } from '../../../src/environment.ts';
import { limitDefaults } from '../../../src/routes-file/schema-forwarding.ts';
import type { TableSpec } from '../../../src/routing/route.ts';
import { signal } from '../http.ts';

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function spec(revision: string): TableSpec {
  return {
    ...{ revision, routes: [], upstreams: [], cohorts: [], rollouts: [], tests: [] },
    ...{ unmatched: 404, respelled: 'refuse', limits: limitDefaults, compression: 'none' },
    paths: { trailingSlash: 'strict', case: 'strict' },
  };
}

/** A primary of two workers, whose handlers' folder has a name that tells them what to do. */
async function primaryOfTwo(folder: string, onEvent: (event: PrimaryEvent) => void): Promise<Primary> {
  const parent = mkdtempSync(join(tmpdir(), 'banyan-primary-'));
  const handlers = join(parent, folder);
  mkdirSync(handlers);
  const read = readSettings({ HANDLERS: handlers, WORKERS: '2', DRAIN_TIMEOUT: '100ms' }, 2);
  const bound = await bindSocket({ kind: 'address', host: '127.0.0.1', port: 0 });
  if (!read.ok || !bound.ok) throw new Error('not set up');
  const worker = { entry: new URL('stand-in-worker.js', import.meta.url), execArgv: [] };
  const parts = { settings: read.settings, mode: 'serve', socket: bound.socket, worker } as const;
  const primary = new Primary({ ...parts, onEvent, sumDeparted: async () => undefined });
  closers.push(
    () => primary.kill(),
    () => rmSync(parent, { recursive: true }),
  );
  return primary;
}

test('the end does not wait for a worker that hangs over a new table', async () => {
  const primary = await primaryOfTwo('plain', () => {});
  expect(await primary.start(spec('one'))).toEqual([]);
  const offered = primary.offer(spec('hangs'));
  // The order is given by now, and its reply never comes.
  await setImmediate();
  const startedAt = performance.now();
  await primary.close();
  expect(performance.now() - startedAt).toBeLessThan(8_000);
  await offered;
});

test('the end does not wait for a worker that never comes to listen', async () => {
  const primary = await primaryOfTwo('never-listens', () => {});
  const started = primary.start(spec('one'));
  await delay(500);
  const closedAt = performance.now();
  await primary.close();
  expect(performance.now() - closedAt).toBeLessThan(5_000);
  expect(await started).not.toEqual([]);
});

test('a worker that dies before all of them have started is replaced', async () => {
  const kinds: string[] = [];
  const replaced = signal();
  const primary = await primaryOfTwo('first-dies', ({ kind }) => {
    kinds.push(kind);
    if (kinds.length === 4) replaced.resolve();
  });
  expect(await primary.start(spec('one'))).toEqual([]);
  await replaced.promise;
  expect(kinds).toEqual(['worker-started', 'worker-died', 'worker-started', 'worker-started']);
  expect(primary.ready).toBe(true);
  await primary.close();
});
