// Starts the real edge, as a user would, with a routes file of its own; ended with the test process.
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { childEnvironment } from '../../scripts/environment.js';
import { run } from '../../scripts/services/process.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type Edge = {
  /** Where browsers come in. */
  readonly url: string;
  readonly admin: string;
  readonly routesFile: string;
  readonly pid: number;
  /** Everything that the edge has logged, line by line, parsed. */
  log(): readonly LogLine[];
  /** Replaces the routes file as an editor does: a new file renamed over the old one. */
  writeRoutes(text: string): void;
  /** Waits until the admin API names another revision than `before`; returns it. */
  nextRevision(before: string): Promise<string>;
  revision(): Promise<string>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<string>;
  stop(): Promise<void>;
};

export type LogLine = { readonly level: number; readonly msg?: string } & Record<string, unknown>;

export type EdgeOptions = {
  /** The routes file's text; the repository's routes.yaml by default. */
  readonly routes?: string;
  readonly environment?: Record<string, string>;
  readonly command?: 'serve' | 'dev';
  /** Sent to the admin API. */
  readonly token?: string;
  /** How long it may take to be ready, and to take a table; 20 s by default. */
  readonly patienceMs?: number;
};

/** Starts `banyan serve` against the shared bookshop and waits until it is ready. */
export async function startEdge(options: EdgeOptions = {}): Promise<Edge> {
  const directory = mkdtempSync(join(tmpdir(), 'banyan-edge-'));
  const routesFile = join(directory, 'routes.yaml');
  const logFile = join(directory, 'log');
  writeFileSync(routesFile, options.routes ?? repositoryRoutes());
  const [port, adminPort] = await freePorts();
  const url = `http://127.0.0.1:${port}`;
  const admin = `http://127.0.0.1:${adminPort}`;
  const { legacyUrl, mysqlUrl, memcacheUrl, sessionUrl } = inject('services');
  const env = childEnvironment({
    ROUTES: routesFile,
    HANDLERS: join(ROOT, 'dist/handlers'),
    LISTEN: `127.0.0.1:${port}`,
    ADMIN_LISTEN: `127.0.0.1:${adminPort}`,
    TRUSTED_PROXIES: '127.0.0.1',
    DRAIN_TIMEOUT: '5s',
    LEGACY_URL: legacyUrl,
    MYSQL_URL: mysqlUrl,
    MEMCACHE_URL: memcacheUrl,
    SESSION_URL: sessionUrl,
    ...options.environment,
  });
  const script = 'exec "$0" dist/main.js "$1" >"$2" 2>&1';
  const args = ['-c', script, process.execPath, options.command ?? 'serve', logFile];
  const running = await run({ command: '/bin/sh', args, cwd: ROOT, env, graceMs: 10_000 });
  const readLog = () => readFileSync(logFile, 'utf8');
  const ready = async () => (await fetch(`${admin}/readyz`)).ok;
  await waitUntil(ready, running.ended, readLog, options.patienceMs);
  const headers = { Authorization: `Bearer ${options.token ?? ''}` };
  const revision = async () =>
    ((await (await fetch(`${admin}/api/routes`, { headers })).json()) as { revision: string }).revision;
  return {
    ...{ url, admin, routesFile, pid: running.pid, revision, ended: running.ended },
    log: () => readLog().split('\n').flatMap(parseLine),
    writeRoutes: (text) => {
      writeFileSync(`${routesFile}.new`, text);
      renameSync(`${routesFile}.new`, routesFile);
    },
    nextRevision: async (before) => {
      let now = before;
      const changed = async () => {
        now = await revision();
        return now !== before;
      };
      await waitUntil(changed, running.ended, readLog, options.patienceMs);
      return now;
    },
    signal: (name) => process.kill(running.pid, name),
    stop: async () => {
      await running.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The routes.yaml of the repository: the bookshop's. */
export function repositoryRoutes(): string {
  return readFileSync(join(ROOT, 'routes.yaml'), 'utf8');
}

/** The bookshop's routes with every ported route at one stage. */
export function allAt(stage: 'legacy' | 'new'): string {
  return repositoryRoutes().replace(/stage: (?:legacy|new)$/gm, `stage: ${stage}`);
}

/** Resolves when `check` does so with true; rejects with the log when the edge has ended or so long has passed. */
export async function waitUntil(
  check: () => Promise<boolean>,
  ended?: Promise<string>,
  log: () => string = () => '',
  patienceMs = 20_000,
): Promise<void> {
  let how: string | undefined;
  void ended?.then((text) => {
    how = text;
  });
  const deadline = Date.now() + patienceMs;
  while (!(await check().catch(() => false))) {
    if (how !== undefined || Date.now() > deadline)
      throw new Error(`${how ?? `not within ${patienceMs} ms`}\n${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function parseLine(text: string): LogLine[] {
  try {
    return [JSON.parse(text) as LogLine];
  } catch {
    return text === '' ? [] : [{ level: 0, msg: text }];
  }
}

async function freePorts(): Promise<readonly [number, number]> {
  const servers = await Promise.all([listening(), listening()]);
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return [ports[0] ?? 0, ports[1] ?? 0];
}

function listening(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  });
}
