// A table of ten thousand routes is replaced while visitors are served: nobody fails, nobody waits long.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { childEnvironment } from '../../scripts/environment.js';
import { type Running, run } from '../../scripts/services/process.js';
import { type Edge, startEdge } from './edge-process.ts';
import { figure, proving, record } from './figures.ts';
import { ask } from './visitor.ts';

const ROUTES = 10_000;
const CONNECTIONS = 10;
const PROBE = new URL('./loop-probe.js', import.meta.url).href;

/**
 * How long a turn of a worker's event loop may take, without the time in which the worker waited for a processor.
 * Only proofs run without others on the machine.
 */
const MOST_MS = proving ? 50 : 1_000;

let edge: Edge | undefined;
let idle: Running | undefined;
let notes = '';
afterEach(async () => {
  await edge?.stop();
  await idle?.stop();
  if (notes !== '') rmSync(notes, { recursive: true, force: true });
  edge = undefined;
  idle = undefined;
});

/** Ten thousand routes, half of their addresses at one path, and one whose answer is different each time. */
function tableWith(word: string): string {
  const entries = Array.from(
    { length: ROUTES - 1 },
    (_, index) => `  route-${index}:
    match: GET /section-${index % 100}/item-${index}/:id<int>
    also: ["GET /index.php?page=p${index}&id=:id<int>"]
    redirect: 302 /x/:id
    stage: new
`,
  );
  return `routes:\n  word: { match: GET /word, redirect: 302 /${word}, stage: new }\n${entries.join('')}`;
}

it('ten thousand routes are replaced under load without a failed request or a blocked worker', {
  timeout: 500_000,
}, async () => {
  notes = mkdtempSync(join(tmpdir(), 'banyan-loops-'));
  const probe = { LOOP_PROBE: notes, NODE_OPTIONS: `--import ${PROBE}` };
  const running = await startEdge({
    routes: 'routes: {}',
    patienceMs: 100_000,
    environment: { ACCESS_LOG: 'off', WORKERS: '2', ...probe },
  });
  edge = running;
  idle = await startIdle(probe);
  const reload = async (word: string) => {
    const before = await running.revision();
    running.writeRoutes(tableWith(word));
    await running.nextRevision(before);
  };
  await reload('word-0');
  const visitors = startVisitors(running.url);
  const control = await turnsDuring(idle.pid, () => new Promise((resolve) => setTimeout(resolve, 3_000)));
  const reloads: Turns[] = [];
  for (let count = 1; count <= figure(2, 10); count += 1) {
    reloads.push(await turnsDuring(idle.pid, () => reload(`word-${count}`)));
  }
  await visitors.stop();

  record({
    figure: `Reload of ${ROUTES} routes while ${CONNECTIONS} connections read, 2 workers`,
    demanded: "no failed request; no worker's event loop blocked over 50 ms",
    measured:
      `${reloads.length} reloads, ${visitors.answered} requests, ${visitors.failures.length} failed; the longest ` +
      `turn of a worker ${listed(reloads, 'blocked')} ms (${control.blocked.toFixed(0)} without a reload); ` +
      `with its wait for a processor, on a machine kept busy, ${listed(reloads, 'late')} (${control.late.toFixed(0)})`,
  });
  expect(visitors.failures).toEqual([]);
  expect(visitors.words).toContain(`/word-${reloads.length}`);
  // Every reload counts. What an idle process of the same time was late, the machine stood still.
  for (const { blocked, idle } of reloads) expect(blocked - idle).toBeLessThan(MOST_MS);
});

/** The longest turns of some time, in milliseconds. */
type Turns = {
  /** Of a worker, without its wait for a processor. */
  readonly blocked: number;
  /** Of a worker. */
  readonly late: number;
  /** Of a process that does nothing, without its wait for a processor. */
  readonly idle: number;
};

/** Does something and tells the longest turns meanwhile. */
async function turnsDuring(idlePid: number, work: () => Promise<void>): Promise<Turns> {
  const since = Date.now();
  await work();
  const noted = readdirSync(notes).map((pid) => ({
    isIdle: Number(pid) === idlePid,
    turns: turnsIn(join(notes, pid)).filter(({ at }) => at >= since),
  }));
  const workers = noted.flatMap(({ isIdle, turns }) => (isIdle ? [] : turns));
  const others = noted.flatMap(({ isIdle, turns }) => (isIdle ? turns : []));
  return {
    blocked: Math.max(0, ...workers.map(({ late, waited }) => late - waited)),
    late: Math.max(0, ...workers.map(({ late }) => late)),
    idle: Math.max(0, ...others.map(({ late, waited }) => late - waited)),
  };
}

type Turn = { readonly at: number; readonly late: number; readonly waited: number };

function turnsIn(file: string): readonly Turn[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Turn);
}

function listed(reloads: readonly Turns[], of: 'blocked' | 'late'): string {
  const sorted = reloads.map((turns) => turns[of]).toSorted((one, other) => one - other);
  return sorted.map((ms) => ms.toFixed(0)).join(', ');
}

/** Starts a process that does nothing but note its late turns. */
function startIdle(environment: Record<string, string>): Promise<Running> {
  const args = ['-e', 'setInterval(() => {}, 1_000)'];
  const env = childEnvironment(environment);
  return run({ command: process.execPath, args, cwd: notes, env, graceMs: 2_000 });
}

function startVisitors(url: string) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const failures: string[] = [];
  const words = new Set<string>();
  let answered = 0;
  let stopped = false;
  const visit = async () => {
    while (!stopped) {
      try {
        const { status, header } = await ask(`${url}/word`, { agent });
        answered += 1;
        words.add(header('location') ?? '');
        if (status !== 302) failures.push(`status ${status}`);
      } catch (error) {
        failures.push(String(error));
      }
    }
  };
  const visiting = Array.from({ length: CONNECTIONS }, visit);
  return {
    failures,
    words,
    get answered() {
      return answered;
    },
    stop: async () => {
      stopped = true;
      await Promise.all(visiting);
      agent.destroy();
    },
  };
}
