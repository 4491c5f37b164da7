// What becomes of edits of routes.yaml while the edge serves.
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, inject, it } from 'vitest';
import { childEnvironment } from '../../scripts/environment.js';
import { freePort } from '../../scripts/services/ports.js';
import { run } from '../../scripts/services/process.js';
import { type Edge, startEdge, waitUntil } from './edge-process.ts';
import { figure, record } from './figures.ts';
import { ask, explained, workersOf } from './visitor.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HANDLERS = fileURLToPath(new URL('handlers-under-test', import.meta.url));
const CONNECTIONS = 50;

let edge: Edge | undefined;
const folders: string[] = [];
afterEach(async () => {
  await edge?.stop();
  edge = undefined;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A table whose one changing word is where a redirect leads: each edit has a revision of its own. */
function tableWith(word: string): string {
  return `routes:
  word:
    match: GET /word
    redirect: 302 /${word}
    stage: new
  hello:
    match: GET /hello
    handler: hello
    stage: new
`;
}

/** The same with a word that is none of the stages, in line 5, column 12. */
function invalidWith(word: string): string {
  return tableWith(word).replace('stage: new', `stage: ${word}`);
}
const INVALID_PLACE = { line: 5, column: 12 };

function settings(extra: Record<string, string> = {}) {
  return { HANDLERS, ACCESS_LOG: 'off', ...extra };
}

it.each([1, 3])(
  'takes a changed word in %i worker(s) without a request that fails or is answered by a replaced table',
  {
    timeout: 240_000,
  },
  async (workers) => {
    const running = await startEdge({
      routes: tableWith('word-0'),
      environment: settings({ WORKERS: `${workers}` }),
    });
    edge = running;
    const readers = startReaders(running.url, [await running.revision()]);
    try {
      await edit(running, figure(20, 100), readers);
    } finally {
      await readers.stop();
    }

    expect(readers.failures).toEqual([]);
    expect(readers.stale).toEqual([]);
    expect(readers.words).toBeGreaterThan(1);
    record({
      figure: `Edits of routes.yaml while ${CONNECTIONS} connections read, ${workers} worker(s)`,
      demanded: 'no failed request; no answer from a table replaced before the request began',
      measured: `${figure(20, 100)} edits, half of them invalid; ${readers.answered} requests, ${readers.failures.length} failed, ${readers.stale.length} stale`,
    });
  },
);

/** Writes `count` edits, every other one invalid, and waits until each is served or refused. */
async function edit(edge: Edge, count: number, readers: Readers): Promise<void> {
  for (let number = 1; number <= count; number += 1) {
    if (number % 2 === 0) {
      edge.writeRoutes(invalidWith(`word-${number}`));
      await refusal(edge, `word-${number}`);
      expect(await edge.revision()).toBe(readers.named.at(-1));
    } else {
      edge.writeRoutes(tableWith(`word-${number}`));
      readers.named.push(await edge.nextRevision(readers.named.at(-1) ?? ''));
    }
  }
}

/** Waits until the log names the problem, with line and column and the word itself. */
async function refusal(edge: Edge, word: string): Promise<void> {
  const { line, column } = INVALID_PLACE;
  const place = `${edge.routesFile}:${line}:${column}`;
  const told = () => edge.log().some(({ msg }) => msg?.includes(place) && msg.includes(word));
  await waitUntil(
    async () => told(),
    edge.ended,
    () => `no refusal of ${word}\n${logText(edge)}`,
  );
}

type Readers = {
  /** The revisions that the admin API has named, in order. */
  readonly named: string[];
  readonly failures: readonly string[];
  readonly stale: readonly string[];
  readonly answered: number;
  /** How many different answers /word gave. */
  readonly words: number;
  stop(): Promise<void>;
};

function startReaders(url: string, named: string[]): Readers {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const failures: string[] = [];
  const stale: string[] = [];
  const words = new Set<string>();
  let answered = 0;
  let stopped = false;
  const readOnce = async (path: string, status: number) => {
    const newest = named.length - 1;
    const answer = await ask(`${url}${path}`, { agent, headers: { 'X-Banyan': '1' } });
    answered += 1;
    const { revision } = explained(answer);
    if (answer.status !== status) failures.push(`${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
    // A revision that has not been named yet is a newer one.
    const index = named.indexOf(revision);
    if (index !== -1 && index < newest) stale.push(`${path}: ${revision} after ${named[newest]}`);
    if (path === '/word') words.add(answer.header('location') ?? '');
  };
  const read = async () => {
    while (!stopped) {
      await readOnce('/word', 302).catch((error) => failures.push(String(error)));
      await readOnce('/hello', 200).catch((error) => failures.push(String(error)));
      await readOnce('/robots.txt', 200).catch((error) => failures.push(String(error)));
    }
  };
  const reading = Array.from({ length: CONNECTIONS }, read);
  return {
    named,
    failures,
    stale,
    get answered() {
      return answered;
    },
    get words() {
      return words.size;
    },
    stop: async () => {
      stopped = true;
      await Promise.all(reading);
      agent.destroy();
    },
  };
}

it('refuses a table that names a handler that does not load, and takes it once the handler is mended', async () => {
  const handlers = handlersFolder();
  const broken = join(handlers, 'greeting.js');
  writeFileSync(broken, "throw new Error('half written');\n");
  const running = await startEdge({
    routes: tableWith('word-0'),
    environment: settings({ HANDLERS: handlers }),
  });
  edge = running;
  const before = await running.revision();
  running.writeRoutes(tableWith('word-1').replace('handler: hello', 'handler: greeting'));
  await logged(running, 'importing greeting failed: half written');
  expect(logText(running)).toContain(`${running.routesFile}:8:14`);
  expect(await running.revision()).toBe(before);
  expect((await ask(`${running.url}/hello`)).text).toBe('hello');

  copyFileSync(join(HANDLERS, 'hello.js'), broken);
  running.signal('SIGHUP');
  await running.nextRevision(before);
  expect((await ask(`${running.url}/hello`)).text).toBe('hello');
});

it('refuses a table that names a handler that is not there', async () => {
  const running = await startEdge({ routes: tableWith('word-0'), environment: settings() });
  edge = running;
  running.writeRoutes(tableWith('word-1').replace('handler: hello', 'handler: not-there'));
  await logged(running, 'there is no not-there.js or .ts in');
  expect(logText(running)).toContain(`${running.routesFile}:8:14`);
  expect((await ask(`${running.url}/word`)).header('location')).toBe('/word-0');
});

it('serves on when a handler that a new table names ends the process that imports it', async () => {
  const running = await startEdge({ routes: tableWith('word-0'), environment: settings() });
  edge = running;
  const workers = workersOf(running.pid);
  const before = await running.revision();
  running.writeRoutes(tableWith('word-1').replace('handler: hello', 'handler: exits-at-import'));
  await logged(running, 'ended with code 4');
  expect((await ask(`${running.url}/hello`)).text).toBe('hello');
  expect(await running.revision()).toBe(before);

  running.writeRoutes(tableWith('word-2'));
  await running.nextRevision(before);
  expect((await ask(`${running.url}/word`)).header('location')).toBe('/word-2');
  expect(workersOf(running.pid)).toEqual(workers);
});

// The edge gives such a handler ten seconds.
it('serves on when a handler that a new table names is never done with being imported', async () => {
  const running = await startEdge({ routes: tableWith('word-0'), environment: settings() });
  edge = running;
  const before = await running.revision();
  running.writeRoutes(tableWith('word-1').replace('handler: hello', 'handler: waits-at-import'));
  const deadline = Date.now() + 60_000;
  while (!logText(running).includes('a worker did not start') && Date.now() < deadline) {
    expect((await ask(`${running.url}/hello`)).text).toBe('hello');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  running.writeRoutes(tableWith('word-2'));
  await running.nextRevision(before);
});

it('takes a file however an editor saves it', async () => {
  const running = await startEdge({ routes: tableWith('start'), environment: settings() });
  edge = running;
  const { routesFile } = running;
  const served = async (word: string) => {
    const location = async () => (await ask(`${running.url}/word`)).header('location');
    await waitUntil(
      async () => (await location()) === `/${word}`,
      running.ended,
      () => logText(running),
    );
  };

  running.writeRoutes(tableWith('renamed'));
  await served('renamed');
  writeFileSync(routesFile, tableWith('in-place'));
  await served('in-place');
  // In two writes, as a slow editor or scp does; what stands there in between is no table.
  writeFileSync(routesFile, tableWith('in-pieces').slice(0, 40));
  appendFileSync(routesFile, tableWith('in-pieces').slice(40));
  await served('in-pieces');
  // As vim does with backupcopy=no: the old file is moved away, the new one is written.
  renameSync(routesFile, `${routesFile}~`);
  writeFileSync(routesFile, tableWith('moved-away'));
  await served('moved-away');
});

it('takes a ConfigMap whose links are swapped', async () => {
  const folder = temporaryFolder('banyan-configmap-');
  const publish = (word: string) => {
    mkdirSync(join(folder, word));
    writeFileSync(join(folder, word, 'routes.yaml'), tableWith(word));
    symlinkSync(word, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  publish('one');
  symlinkSync('..data/routes.yaml', join(folder, 'routes.yaml'));
  const running = await startEdge({ environment: settings({ ROUTES: join(folder, 'routes.yaml') }) });
  edge = running;
  const first = await running.revision();
  publish('two');
  const second = await running.nextRevision(first);
  expect((await ask(`${running.url}/word`)).header('location')).toBe('/two');

  // The file itself as a link into a folder that nobody watches: the poll sees it.
  writeFileSync(join(folder, 'two', 'routes.yaml'), tableWith('three'));
  await running.nextRevision(second);
  expect((await ask(`${running.url}/word`)).header('location')).toBe('/three');
});

it('serves the last table while the file is gone, and takes the file when it is back', async () => {
  const running = await startEdge({ routes: tableWith('first'), environment: settings() });
  edge = running;
  const before = await running.revision();
  rmSync(running.routesFile);
  await logged(running, 'file-unreadable: there is no such file');
  expect((await ask(`${running.url}/word`)).header('location')).toBe('/first');
  writeFileSync(running.routesFile, '');
  await logged(running, 'the file is empty');
  expect((await ask(`${running.url}/word`)).header('location')).toBe('/first');
  writeFileSync(running.routesFile, tableWith('back'));
  await running.nextRevision(before);
  expect((await ask(`${running.url}/word`)).header('location')).toBe('/back');
});

it('reads the file again on HUP, changed or not', async () => {
  const running = await startEdge({ routes: tableWith('same'), environment: settings() });
  edge = running;
  running.signal('SIGHUP');
  await logged(running, `the routes file was read again: revision ${await running.revision()} as before`);
  running.writeRoutes(invalidWith('nonsense'));
  await refusal(running, 'nonsense');
  running.signal('SIGHUP');
  const refusals = () => running.log().filter(({ msg }) => msg?.includes('nonsense')).length;
  await waitUntil(
    async () => refusals() === 2,
    running.ended,
    () => logText(running),
  );
});

it('does not start with a file that has problems, and lists every one of them', async () => {
  const file = join(temporaryFolder('banyan-bad-'), 'routes.yaml');
  writeFileSync(
    file,
    `routes:
  one:
    match: GET /one
    stagge: new
  two:
    match: GET /two
    stage: nwe
  three:
    match: FETCH
`,
  );
  const { code, output } = await runBanyan({ ROUTES: file, LEGACY_URL: 'http://127.0.0.1:9' });
  expect(code).toBe(1);
  expect(output).toContain(`${file}:4:5`);
  expect(output).toContain('did you mean');
  expect(output).toContain(`${file}:7:12`);
  expect(output).toContain('banyan: not started');
});

it('does not start with handlers that do not load, and lists every one of them', async () => {
  const file = join(temporaryFolder('banyan-bad-'), 'routes.yaml');
  writeFileSync(
    file,
    `routes:
  one: { match: GET /one, handler: throws-at-import, stage: new }
  two: { match: GET /two, handler: not-there }
`,
  );
  const { code, output } = await runBanyan({ ROUTES: file, LEGACY_URL: 'http://127.0.0.1:9' });
  expect(code).toBe(1);
  expect(output).toContain(`${file}:2:36`);
  expect(output).toContain('thrown while it was imported');
  expect(output).toContain(`${file}:3:36`);
});

it('starts without a file only where LEGACY_URL says where everything goes and nobody asked for a file', async () => {
  const { legacyUrl } = inject('services');
  const empty = temporaryFolder('banyan-none-');
  const asked = await runBanyan({ ROUTES: join(empty, 'routes.yaml'), LEGACY_URL: legacyUrl });
  expect(asked).toMatchObject({ code: 1, output: expect.stringContaining('file-unreadable') });
  const neither = await runBanyan({}, empty);
  expect(neither).toMatchObject({ code: 1, output: expect.stringContaining('LEGACY_URL') });

  const [port, admin] = [await freePort(), await freePort()];
  const environment = {
    LEGACY_URL: legacyUrl,
    LISTEN: `127.0.0.1:${port}`,
    ADMIN_LISTEN: `127.0.0.1:${admin}`,
  };
  const running = await run({ ...banyan(environment, empty), log: join(empty, 'log'), graceMs: 10_000 });
  try {
    const ready = async () => (await fetch(`http://127.0.0.1:${admin}/readyz`)).ok;
    await waitUntil(ready, running.ended, () => readFileSync(join(empty, 'log'), 'utf8'));
    expect((await ask(`http://127.0.0.1:${port}/ping.php`)).status).toBe(204);
  } finally {
    await running.stop();
  }
});

it('says which ports it was given where any would do', async () => {
  const folder = temporaryFolder('banyan-ports-');
  const log = join(folder, 'log');
  const { legacyUrl } = inject('services');
  const running = await run({ ...banyan({ LEGACY_URL: legacyUrl }, folder), log, graceMs: 10_000 });
  const ports = () =>
    /listening on http:\/\/127\.0\.0\.1:(\d+), admin on http:\/\/127\.0\.0\.1:(\d+)/.exec(
      readFileSync(log, 'utf8'),
    );
  try {
    await waitUntil(
      async () => ports() !== null,
      running.ended,
      () => readFileSync(log, 'utf8'),
    );
    const [, site, admin] = ports() ?? [];
    expect((await fetch(`http://127.0.0.1:${admin}/readyz`)).status).toBe(200);
    expect((await ask(`http://127.0.0.1:${site}/ping.php`)).status).toBe(204);
  } finally {
    await running.stop();
  }
});

/** A command line for `banyan serve` with nothing in its environment but what is given. */
function banyan(environment: Record<string, string>, cwd = tmpdir()) {
  const env = childEnvironment({
    HANDLERS,
    LISTEN: '127.0.0.1:0',
    ADMIN_LISTEN: '127.0.0.1:0',
    ...environment,
  });
  return { command: process.execPath, args: [join(ROOT, 'dist/main.js'), 'serve'], env, cwd };
}

/** Runs `banyan serve` to its end, which must come by itself. */
async function runBanyan(environment: Record<string, string>, cwd?: string) {
  const log = join(temporaryFolder('banyan-run-'), 'log');
  const running = await run({ ...banyan(environment, cwd), log, graceMs: 1_000 });
  const timer = setTimeout(() => void running.stop(), 20_000);
  const how = await running.ended;
  clearTimeout(timer);
  return { code: Number(how.replace('exit ', '')), output: readFileSync(log, 'utf8') };
}

/** A handlers folder of a test's own, inside the checkout, so that `banyan-edge` is found from there. */
function handlersFolder(): string {
  mkdirSync(join(ROOT, '.banyan'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.banyan', 'test-handlers-'));
  folders.push(folder);
  copyFileSync(join(HANDLERS, 'hello.js'), join(folder, 'hello.js'));
  return folder;
}

/** A folder that is removed after the test. */
function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), name));
  folders.push(folder);
  return folder;
}

async function logged(edge: Edge, text: string): Promise<void> {
  await waitUntil(
    async () => logText(edge).includes(text),
    edge.ended,
    () => `no "${text}" in:\n${logText(edge)}`,
  );
}

function logText(edge: Edge): string {
  return edge
    .log()
    .map(({ msg }) => msg)
    .join('\n');
}
