// What becomes of the edge's processes when one of them is killed, signalled, cannot listen, or is never done.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { childEnvironment } from '../../scripts/environment.js';
import { freePort } from '../../scripts/services/ports.js';
import { run } from '../../scripts/services/process.js';
import { type LogLine, waitUntil } from './edge-process.ts';
import { ask, open, workersOf } from './visitor.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HANDLERS = fileURLToPath(new URL('handlers-under-test', import.meta.url));

/** Handlers that are told by files of their folder what to do, and tell by files what they have done. */
const WRITTEN = {
  // Is done with being imported when there is a file `go`.
  gated: `while (!existsSync(file('go'))) await delay(10);
export default defineHandler({ session: false }, () => 'gated');`,

  'waits-on-purpose': `writeFileSync(file('importing'), '');
await new Promise(() => {});
export default defineHandler(() => 'never');`,

  'loops-on-purpose': `writeFileSync(file('importing'), '');
for (;;);`,

  // Sends a byte, and the rest when there is a file `go`.
  'in-two-pieces': `export default defineHandler({ session: false }, async ({ res }) => {
  res.write('one ');
  while (!existsSync(file('go'))) await delay(10);
  res.end('two');
});`,

  // Sends a byte, and throws once where nobody can catch it when the primary has gone.
  'throws-as-orphan': `export default defineHandler({ session: false }, async ({ res }) => {
  res.write('one ');
  const timer = setInterval(() => {
    if (process.connected) return;
    clearInterval(timer);
    throw new Error('thrown by an orphan');
  }, 10);
  await new Promise(() => {});
});`,

  // Throws 40 times where nobody can catch it, and answers when it has.
  'throws-often': `export default defineHandler({ session: false }, async () => {
  for (let count = 1; count <= 40; count += 1) {
    setTimeout(() => {
      throw new Error('thrown on purpose, number ' + count);
    }, count * 5);
  }
  await delay(400);
  return 'and then it threw 40 times';
});`,
};

const PREAMBLE = `import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { defineHandler } from 'banyan-edge';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
`;

/** Routes that lead each handler's own name to it. */
function routesTo(...handlers: readonly string[]): string {
  const lines = handlers.map((name) => `  ${name}: { match: GET /${name}, handler: ${name}, stage: new }\n`);
  return `routes:\n${lines.join('')}`;
}

/**
 * An edge in a process group that outlives it: what it leaves behind can be seen, and is ended by `stop`
 * or with the test process.
 */
type Launched = {
  /** Of the primary. */
  readonly pid: number;
  readonly url: string;
  readonly admin: string;
  /** Resolves with the exit code of the primary; 137 after SIGKILL. */
  ended(): Promise<number>;
  /** All processes of the edge, the primary included. */
  processes(): readonly number[];
  log(): string;
  ready(): Promise<void>;
  writeRoutes(text: string): void;
};

type LaunchOptions = {
  readonly routes: string;
  readonly folder: string;
  readonly port?: number;
  readonly environment?: Record<string, string>;
  /** What the shell does before it starts the edge. */
  readonly first?: string;
};

const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

/** A folder inside the checkout, so that handlers in it find `banyan-edge`. */
function handlersFolder(): string {
  mkdirSync(join(ROOT, '.banyan'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.banyan', 'test-processes-'));
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(WRITTEN))
    writeFileSync(join(folder, `${name}.js`), PREAMBLE + text);
  for (const name of ['hello.js', 'slow.js', 'throws-later.js'])
    copyFileSync(join(HANDLERS, name), join(folder, name));
  return folder;
}

const SCRIPT = `"$1" "$2" serve >"$0/log" 2>&1 &
echo $! >"$0/pid.new" && mv "$0/pid.new" "$0/pid"
wait $! 2>/dev/null
echo $? >"$0/exit.new" && mv "$0/exit.new" "$0/exit"
exec sleep 600`;

async function launch({ routes, folder, port, environment, first = '' }: LaunchOptions): Promise<Launched> {
  const own = mkdtempSync(join(folder, 'edge-'));
  const routesFile = join(own, 'routes.yaml');
  const file = (name: string) => readFileSync(join(own, name), 'utf8');
  writeFileSync(routesFile, routes);
  const [address, adminAddress] = [
    `127.0.0.1:${port ?? (await freePort())}`,
    `127.0.0.1:${await freePort()}`,
  ];
  const { legacyUrl } = inject('services');
  const env = childEnvironment({
    ROUTES: routesFile,
    HANDLERS: folder,
    LEGACY_URL: legacyUrl,
    LISTEN: address,
    ADMIN_LISTEN: adminAddress,
    ACCESS_LOG: 'off',
    DRAIN_TIMEOUT: '5s',
    ...environment,
  });
  const args = ['-c', `${first}\n${SCRIPT}`, own, process.execPath, join(ROOT, 'dist/main.js')];
  const shell = await run({ command: 'bash', args, env, cwd: ROOT, graceMs: 0 });
  cleanUp.push(() => shell.stop());
  await waitUntil(async () => existsSync(join(own, 'pid')), shell.ended);
  const admin = `http://${adminAddress}`;
  return {
    pid: Number(file('pid')),
    url: `http://${address}`,
    admin,
    ended: async () => {
      await waitUntil(
        async () => existsSync(join(own, 'exit')),
        shell.ended,
        () => file('log'),
      );
      return Number(file('exit'));
    },
    processes: () => groupOf(shell.pid),
    log: () => file('log'),
    ready: () =>
      waitUntil(
        async () => (await fetch(`${admin}/readyz`)).ok,
        shell.ended,
        () => file('log'),
      ),
    writeRoutes: (text) => {
      writeFileSync(`${routesFile}.new`, text);
      renameSync(`${routesFile}.new`, routesFile);
    },
  };
}

/** The living processes of a group, without its leader. */
function groupOf(leader: number): readonly number[] {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers.map(Number).filter((pid) => {
    const { state, group } = stat(pid);
    return pid !== leader && group === leader && state !== 'Z';
  });
}

/** State and group of a process; the second field of the file, a name, may hold spaces. */
function stat(pid: number): { state?: string; group?: number } {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, , group] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: state ?? '', group: Number(group) };
  } catch {
    return {};
  }
}

function linesOf(edge: Launched): readonly LogLine[] {
  const lines = edge
    .log()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'));
  return lines.map((line) => JSON.parse(line) as LogLine);
}

/** The lines of the log that say a text. */
function saying(edge: Launched, text: string): readonly LogLine[] {
  return linesOf(edge).filter(({ msg }) => msg?.includes(text));
}

function timeOf(line: LogLine): number {
  return Date.parse(String(line.time));
}

/** The end of the log, for messages. */
function endOf(edge: Launched): string {
  return edge.log().slice(-4_000);
}

function until(edge: Launched, check: () => boolean): Promise<void> {
  return waitUntil(
    async () => check(),
    undefined,
    () => `processes ${edge.processes()}\n${endOf(edge)}`,
  );
}

/** Waits until a primary has workers, which have then inherited a bound socket. */
async function startingWorkers(edge: Launched, count = 1): Promise<readonly number[]> {
  await until(edge, () => workersOf(edge.pid).length === count);
  return workersOf(edge.pid);
}

describe('a worker whose primary was killed ends by itself', () => {
  // An orphan that goes wrong may log without end: it is to log nothing.
  const environment = { LOG_LEVEL: 'silent' };

  it('when an exception escapes after that', async () => {
    const edge = await launch({
      routes: routesTo('throws-as-orphan'),
      folder: handlersFolder(),
      environment,
    });
    await edge.ready();
    const answer = await open(`${edge.url}/throws-as-orphan`);
    answer.on('error', () => {});
    process.kill(edge.pid, 'SIGKILL');
    expect(await edge.ended()).toBe(137);
    await until(edge, () => edge.processes().length === 0);
  });

  it('when it owes the primary a reply', async () => {
    const edge = await launch({ routes: routesTo('in-two-pieces'), folder: handlersFolder(), environment });
    await edge.ready();
    const [worker = 0] = workersOf(edge.pid);
    const answer = await open(`${edge.url}/in-two-pieces`);
    answer.on('error', () => {});
    process.kill(worker, 'SIGSTOP');
    await until(edge, () => stat(worker).state === 'T');
    const owed = fetch(`${edge.admin}/metrics`).catch(() => undefined);
    // Asked later, answered by the primary alone: the worker has been given its order by then.
    await fetch(`${edge.admin}/api/routes`);
    process.kill(edge.pid, 'SIGKILL');
    expect(await edge.ended()).toBe(137);
    process.kill(worker, 'SIGCONT');
    await until(edge, () => edge.processes().length === 0);
    await owed;
  });

  it('when it was still starting', async () => {
    const folder = handlersFolder();
    const edge = await launch({ routes: routesTo('gated'), folder, environment });
    await startingWorkers(edge);
    process.kill(edge.pid, 'SIGKILL');
    expect(await edge.ended()).toBe(137);
    writeFileSync(join(folder, 'go'), '');
    await until(edge, () => edge.processes().length === 0);
  });
});

describe('an edge that cannot listen does not start, and says why', () => {
  it('its port was taken after it had bound it', async () => {
    const [folder, port] = [handlersFolder(), await freePort()];
    const edge = await launch({ routes: routesTo('gated'), folder, port, environment: { WORKERS: '2' } });
    await startingWorkers(edge, 2);
    const other = createServer();
    cleanUp.push(() => void other.close());
    await new Promise<void>((resolve, reject) => {
      other.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    writeFileSync(join(folder, 'go'), '');
    expect(await edge.ended()).toBe(1);
    expect(edge.log()).toContain(`127.0.0.1:${port}`);
    expect(edge.log()).toContain('EADDRINUSE');
    expect(edge.log()).toContain('banyan: not started');
    expect(edge.log()).not.toContain('listening');
    await until(edge, () => edge.processes().length === 0);
  });

  it('another edge was started on its port at the same time', async () => {
    const [folder, port] = [handlersFolder(), await freePort()];
    const options = { routes: routesTo('gated'), folder, port };
    const edges = [await launch(options), await launch(options)];
    for (const edge of edges) await startingWorkers(edge);
    writeFileSync(join(folder, 'go'), '');
    const [loser, winner] = await Promise.race(
      edges.map(async (edge) => {
        expect(await edge.ended()).toBe(1);
        return [edge, edges.find((other) => other !== edge)] as const;
      }),
    );
    expect(loser.log()).toContain(`127.0.0.1:${port}`);
    expect(loser.log()).not.toContain('listening');
    await winner?.ready();
    expect((await ask(`http://127.0.0.1:${port}/gated`)).text).toBe('gated');
    expect(winner?.log()).toContain(`listening on http://127.0.0.1:${port}`);
  });

  it.each(['udp', 'tcp'])('a connected %s socket was handed down', async (protocol) => {
    const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    cleanUp.push(() => void server.close());
    await waitUntil(async () => server.listening);
    const { port } = server.address() as { port: number };
    const edge = await launch({
      routes: routesTo('hello'),
      folder: handlersFolder(),
      environment: { LISTEN: 'fd:3' },
      first: `exec 3<>/dev/${protocol}/127.0.0.1/${port}`,
    });
    expect(await edge.ended()).toBe(1);
    expect(edge.log()).toContain('fd:3');
    expect(edge.log()).toContain('banyan: not started');
    expect(edge.log()).not.toContain('listening');
    await until(edge, () => edge.processes().length === 0);
  });
});

/** Every series of a counter or a histogram, with its value. */
async function countersOf(edge: Launched): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${edge.admin}/metrics`)).text();
  const counts = new Set(
    [...text.matchAll(/^# TYPE (\S+) (?:counter|histogram)$/gm)].map(([, name]) => name),
  );
  const samples = [...text.matchAll(/^([^\s{#]+)(\{.*\})? (\S+)$/gm)].flatMap(
    ([, name = '', labels = '', value]) => {
      const isCount = counts.has(name) || counts.has(name.replace(/_(?:bucket|sum|count)$/, ''));
      return isCount ? [[name + labels, Number(value)] as const] : [];
    },
  );
  return new Map(samples);
}

function requestsIn(counters: ReadonlyMap<string, number>): number {
  const counted = [...counters].filter(([series]) => series.startsWith('banyan_requests_total'));
  return counted.reduce((sum, [, value]) => sum + value, 0);
}

/** Scrapes again and again until told to stop, and lists what went back. */
function scrape(edge: Launched) {
  const wentBack: string[] = [];
  let scrapes = 0;
  let stopped = false;
  let last: ReadonlyMap<string, number> = new Map();
  const scraping = (async () => {
    while (!stopped) {
      const now = await countersOf(edge);
      for (const [series, value] of last) {
        const next = now.get(series);
        // Sums of fractions differ in their last digits with the order in which they are added.
        if (next === undefined || next < value - 1e-6) wentBack.push(`${series}: ${value}, then ${next}`);
      }
      last = now;
      scrapes += 1;
    }
  })();
  // A test that has failed ends the edge, and does not wait for this.
  scraping.catch(() => {});
  return {
    wentBack,
    requests: () => requestsIn(last),
    /** Waits for a scrape that begins from now on. */
    once: () => {
      const before = scrapes;
      return waitUntil(async () => scrapes >= before + 2);
    },
    stop: () => {
      stopped = true;
      return scraping;
    },
  };
}

describe('what Prometheus reads never goes back', () => {
  it('when a worker is killed', async () => {
    const edge = await launch({ routes: routesTo('hello'), folder: handlersFolder() });
    await edge.ready();
    const scraping = scrape(edge);
    for (let round = 1; round <= 2; round += 1) {
      for (let count = 1; count <= 25; count += 1) await ask(`${edge.url}/hello`);
      await waitUntil(async () => scraping.requests() === round * 25);
      const [worker = 0] = workersOf(edge.pid);
      process.kill(worker, 'SIGKILL');
      await until(edge, () => !workersOf(edge.pid).includes(worker));
      await edge.ready();
      await scraping.once();
    }
    await scraping.stop();
    expect(scraping.wentBack).toEqual([]);
    expect(requestsIn(await countersOf(edge))).toBe(50);
  });

  it('while workers are replaced and drain, and counts every request', async () => {
    const edge = await launch({
      routes: routesTo('hello', 'slow'),
      folder: handlersFolder(),
      environment: { WORKERS: '2' },
    });
    await edge.ready();
    const scraping = scrape(edge);
    let answered = 0;
    for (let round = 1; round <= 2; round += 1) {
      const before = workersOf(edge.pid);
      // They keep a worker that drains alive for a while.
      const slow = Array.from({ length: 8 }, () => ask(`${edge.url}/slow?ms=1500`));
      process.kill(edge.pid, 'SIGUSR2');
      const replaced = async () => {
        await ask(`${edge.url}/hello`);
        answered += 1;
        const now = workersOf(edge.pid);
        return now.length === 2 && !now.some((worker) => before.includes(worker));
      };
      await waitUntil(replaced, undefined, () => endOf(edge));
      answered += (await Promise.all(slow)).length;
    }
    await waitUntil(
      async () => scraping.requests() === answered,
      undefined,
      () => `${scraping.requests()} counted, ${answered} answered`,
    );
    await scraping.stop();
    expect(scraping.wentBack).toEqual([]);
  });
});

describe('HUP and USR2', () => {
  it('do not end a primary that is starting', async () => {
    const folder = handlersFolder();
    const edge = await launch({ routes: routesTo('gated'), folder });
    const workers = await startingWorkers(edge);
    process.kill(edge.pid, 'SIGHUP');
    process.kill(edge.pid, 'SIGUSR2');
    writeFileSync(join(folder, 'go'), '');
    await edge.ready();
    expect((await ask(`${edge.url}/gated`)).text).toBe('gated');
    expect(workersOf(edge.pid)).toEqual(workers);

    process.kill(edge.pid, 'SIGHUP');
    await until(edge, () => saying(edge, 'the routes file was read again').length === 1);
    process.kill(edge.pid, 'SIGUSR2');
    await until(edge, () => saying(edge, 'all workers have been replaced').length === 1);
  });

  it.each(['SIGHUP', 'SIGUSR2', 'SIGINT', 'SIGTERM'] as const)(
    '%s sent to a worker does not end it',
    async (signal) => {
      const folder = handlersFolder();
      const edge = await launch({ routes: routesTo('in-two-pieces'), folder });
      await edge.ready();
      const workers = workersOf(edge.pid);
      const answer = await open(`${edge.url}/in-two-pieces`);
      for (const worker of workers) process.kill(worker, signal);
      writeFileSync(join(folder, 'go'), '');
      let text = '';
      for await (const piece of answer) text += piece;
      expect(text).toBe('one two');
      expect(workersOf(edge.pid)).toEqual(workers);
      expect(edge.log()).not.toContain('a worker ended');
    },
  );
});

describe('leaves no process behind', () => {
  const never = ['waits-on-purpose', 'loops-on-purpose'] as const;

  it.each(never)('after a second Ctrl-C while a worker is being started: %s', async (handler) => {
    const folder = handlersFolder();
    const edge = await launch({ routes: routesTo(handler), folder, environment: { WORKERS: '2' } });
    await startingWorkers(edge, 2);
    await until(edge, () => existsSync(join(folder, 'importing')));
    // Two signals of one kind that are still on their way would be one.
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      for (const pid of edge.processes()) signalIfThere(pid, signal);
    // The first signal ends a start at once, with 0; where the second overtakes that, with 1.
    await edge.ended();
    await until(edge, () => edge.processes().length === 0);
  });

  it.each(never)('after TERM while a worker is being replaced: %s', async (handler) => {
    const folder = handlersFolder();
    const edge = await launch({ routes: routesTo('hello'), folder });
    await edge.ready();
    renameSync(join(folder, `${handler}.js`), join(folder, 'hello.js'));
    process.kill(edge.pid, 'SIGUSR2');
    await until(edge, () => existsSync(join(folder, 'importing')));
    process.kill(edge.pid, 'SIGTERM');
    expect(await edge.ended()).toBe(0);
    expect(edge.processes()).toEqual([]);
  });

  it.each(never)('after TERM while a table with a new handler is tried: %s', async (handler) => {
    const folder = handlersFolder();
    const edge = await launch({ routes: routesTo('hello'), folder });
    await edge.ready();
    edge.writeRoutes(routesTo('hello', handler));
    await until(edge, () => existsSync(join(folder, 'importing')));
    process.kill(edge.pid, 'SIGTERM');
    expect(await edge.ended()).toBe(0);
    expect(edge.processes()).toEqual([]);
  });
});

describe('exceptions that escape again and again', () => {
  const environment = { LOG_LEVEL: 'debug' };
  const STARTED = 'worker started';
  const NOT_STARTED = 'a worker could not be started';
  const ESCAPED = 'an exception escaped; this worker will be replaced';

  it('replace a worker once', async () => {
    const edge = await launch({ routes: routesTo('throws-often'), folder: handlersFolder(), environment });
    await edge.ready();
    const [unwell = 0] = workersOf(edge.pid);
    const answer = ask(`${edge.url}/throws-often`);
    let most = 0;
    await until(edge, () => {
      most = Math.max(most, edge.processes().length);
      return saying(edge, ESCAPED).length === 40 && !edge.processes().includes(unwell);
    });
    expect((await answer).text).toContain('40 times');
    await edge.ready();
    expect(most).toBeLessThanOrEqual(3);
    expect(saying(edge, STARTED)).toHaveLength(2);
    expect(edge.processes()).toHaveLength(2);
  });

  it('try to replace it ever more slowly where that fails', async () => {
    const folder = handlersFolder();
    const edge = await launch({ routes: routesTo('throws-often', 'hello'), folder, environment });
    await edge.ready();
    const [unwell = 0] = workersOf(edge.pid);
    const whole = readFileSync(join(folder, 'hello.js'), 'utf8');
    writeFileSync(join(folder, 'hello.js'), "throw new Error('half written');\n");
    await ask(`${edge.url}/throws-often`);
    await until(edge, () => saying(edge, NOT_STARTED).length >= 5);
    const tries = saying(edge, NOT_STARTED);
    for (const [index, line] of tries.entries()) {
      const announced = Number(/again in (\d+) ms/.exec(line.msg ?? '')?.[1]);
      const next = tries[index + 1];
      if (next) expect(timeOf(next) - timeOf(line)).toBeGreaterThanOrEqual(announced - 50);
    }
    // It serves on until another can.
    expect(workersOf(edge.pid)).toContain(unwell);
    expect((await ask(`${edge.url}/hello`)).text).toBe('hello');
    writeFileSync(join(folder, 'hello.js'), whole);
    await until(edge, () => !edge.processes().includes(unwell));
    await edge.ready();
    expect(saying(edge, STARTED)).toHaveLength(2);
  });

  it('are no reason to replace workers without a pause', async () => {
    const edge = await launch({ routes: routesTo('throws-later'), folder: handlersFolder(), environment });
    await edge.ready();
    let most = 0;
    const check = async () => {
      await ask(`${edge.url}/throws-later`);
      most = Math.max(most, edge.processes().length);
      return saying(edge, STARTED).length >= 3;
    };
    await waitUntil(check, undefined, () => endOf(edge));
    const times = saying(edge, STARTED).map(timeOf);
    for (const [index, time] of times.slice(1).entries())
      expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(2_000);
    // The primary, one that serves, one that starts, one that drains.
    expect(most).toBeLessThanOrEqual(4);
  });
});

/** Sends a signal to a process that an earlier one may have ended by now. */
function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
