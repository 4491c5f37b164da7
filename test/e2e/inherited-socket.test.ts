// An edge on a socket that somebody else has bound and handed down (LISTEN=fd:3), as systemd does.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, inject, it } from 'vitest';
import { childEnvironment } from '../../scripts/environment.js';
import { bindSocket, type ListeningSocket } from '../../src/edge/process/listening-socket.ts';
import { waitUntil } from './edge-process.ts';
import { ask, open, refused, textOf, workersOf } from './visitor.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HANDLERS = fileURLToPath(new URL('handlers-under-test', import.meta.url));
const ROUTES = `routes:
  hello: { match: GET /hello, handler: hello, stage: new }
  slow: { match: GET /slow, handler: slow, stage: new }
`;

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const end of cleanUp.splice(0).reverse()) end();
});

/** A socket of this process, which never accepts on it. */
async function bind(): Promise<ListeningSocket & { readonly url: string }> {
  const bound = await bindSocket({ kind: 'address', host: '127.0.0.1', port: 0 });
  if (!bound.ok) throw new Error(bound.message);
  cleanUp.push(() => bound.socket.close());
  return { ...bound.socket, url: `http://${bound.socket.name}` };
}

type Edge = { readonly pid: number; readonly process: ChildProcess; readonly admin: string };

/** Starts an edge that is given the socket as descriptor 3, and waits until it serves. */
async function start(socket: ListeningSocket): Promise<Edge> {
  const folder = mkdtempSync(join(tmpdir(), 'banyan-inherited-'));
  cleanUp.push(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'routes.yaml'), ROUTES);
  const env = childEnvironment({
    ...{ ROUTES: join(folder, 'routes.yaml'), HANDLERS, LEGACY_URL: inject('services').legacyUrl },
    ...{ LISTEN: 'fd:3', ADMIN_LISTEN: '127.0.0.1:0', ACCESS_LOG: 'off', DRAIN_TIMEOUT: '20s' },
  });
  // It ends with this process, however that ends.
  const args = ['--pdeathsig', 'KILL', process.execPath, join(ROOT, 'dist/main.js'), 'serve'];
  const child = spawn('setpriv', args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit', socket.fd] });
  cleanUp.push(() => void child.kill('SIGKILL'));
  let log = '';
  child.stdout?.on('data', (text) => {
    log += text;
  });
  const adminOf = () => /admin on (http:[^,]+)/.exec(log)?.[1];
  const ended = once(child, 'exit').then(String);
  await waitUntil(
    async () => adminOf() !== undefined,
    ended,
    () => log,
  );
  return { pid: child.pid ?? 0, process: child, admin: adminOf() ?? '' };
}

it('serves on a socket that was handed down, also after USR2', async () => {
  const socket = await bind();
  const { pid, process: edge } = await start(socket);
  expect((await ask(`${socket.url}/hello`)).text).toBe('hello');
  const before = workersOf(pid);
  edge.kill('SIGUSR2');
  await waitUntil(async () => {
    const now = workersOf(pid);
    return now.length === 1 && !now.some((worker) => before.includes(worker));
  });
  expect((await ask(`${socket.url}/hello`)).text).toBe('hello');
});

it('TERM leaves new connections in a socket that was handed down, for the next process', async () => {
  const socket = await bind();
  const first = await start(socket);
  const ended = once(first.process, 'exit');
  const streamed = await open(`${socket.url}/stream.php?n=10&ms=400`);
  first.process.kill('SIGTERM');
  await waitUntil(async () => (await fetch(`${first.admin}/readyz`)).status === 503);
  const waiting = Array.from({ length: 5 }, () => ask(`${socket.url}/slow?ms=10`));
  await start(socket);
  expect((await Promise.all(waiting)).map(({ text }) => text)).toEqual(Array(5).fill('slow'));
  expect(await textOf(streamed)).toContain('Done.');
  expect(await ended).toEqual([0, null]);
});

it('TERM refuses new connections where nobody else has the socket any more', async () => {
  const socket = await bind();
  const { process: edge } = await start(socket);
  socket.close();
  const ended = once(edge, 'exit');
  const streamed = await open(`${socket.url}/stream.php?n=10&ms=400`);
  edge.kill('SIGTERM');
  await refused(socket.url);
  expect(streamed.complete).toBe(false);
  expect(await textOf(streamed)).toContain('Done.');
  expect(await ended).toEqual([0, null]);
});
