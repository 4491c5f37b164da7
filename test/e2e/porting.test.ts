// docs/porting.md is what it says: its code is the bookshop's, and its commands are run, in order, with what they print.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { childEnvironment } from '../../scripts/environment.js';
import { createMemcache } from '../../src/stores/memcache/memcache.ts';
import { createDatabase } from '../../src/stores/mysql/mysql.ts';
import { allAt, type Edge, repositoryRoutes, startEdge } from './edge-process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FILE = join(ROOT, 'docs/porting.md');
const page = readFileSync(FILE, 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, kind = '', text = '']) => ({
  kind,
  text,
}));

let edge: Edge;
let second: Edge;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'banyan-porting-'));
  edge = await startEdge({ routes: allAt('legacy') });
  const stages = join(folder, 'try.yaml');
  writeFileSync(stages, 'product-page: new\nreview-add: new\n');
  second = await startEdge({ routes: allAt('legacy'), environment: { STAGES: stages } });
});

afterAll(async () => {
  await forgetReview();
  await edge?.stop();
  await second?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('quotes files as they are', () => {
  const quoted = blocks.flatMap(({ kind, text }) => {
    const [, file, code = ''] = /^\/\/ (\S+)\n(.*)$/s.exec(text) ?? [];
    return (kind === 'php' || kind === 'ts') && file !== undefined ? [{ file, code }] : [];
  });
  expect(quoted.length).toBeGreaterThan(7);
  for (const { file, code } of quoted) expect(readFileSync(join(ROOT, file), 'utf8'), file).toContain(code);
  const yaml = blocks.find(({ kind }) => kind === 'yaml')?.text ?? 'none';
  expect(repositoryRoutes()).toContain(yaml);
});

it('runs as it is written (UPDATE=1 writes what is printed)', async () => {
  const shown = blocks.filter(({ kind }) => kind === 'console').flatMap(({ text }) => steps(text));
  const commands = shown.map(({ command }) => command);
  const ran = await shell(commands);
  if (process.env.UPDATE === '1') writeFileSync(FILE, withOutputs(ran));
  else expect(ran).toEqual(shown);
});

/** The bookshop is shared: the review that was written is taken back. */
async function forgetReview(): Promise<void> {
  const { mysqlUrl } = inject('services');
  const database = createDatabase(mysqlUrl);
  const { signal } = new AbortController();
  const db = database.forRequest({ readOnly: false, signal, timeoutMs: 5_000 });
  const { affectedRows } = await db.execute(
    "DELETE FROM reviews WHERE product_id = 8 AND body = 'Ported today'",
  );
  await db.execute(
    'UPDATE products SET review_count = review_count - :n, rating_total = rating_total - 5 * :n WHERE id = 8',
    { n: affectedRows },
  );
  await database.close();
  const cache = createMemcache(inject('services').memcacheUrl);
  await cache.delete('product:8');
  cache.close();
}

type Step = { readonly command: string; readonly output: string };

function steps(text: string): Step[] {
  return [...text.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)].map(([, command = '', output = '']) => ({
    command,
    output,
  }));
}

function withOutputs(ran: readonly Step[]): string {
  const left = [...ran];
  return page.replace(/^```console\n(.*?)^```$/gms, (_, text: string) => {
    const own = left.splice(0, steps(text).length);
    return `\`\`\`console\n${own.map(({ command, output }) => `$ ${command}\n${output}`).join('')}\`\`\``;
  });
}

const MARK = '--- next ---';

/** Runs the commands one after the other in one shell, as in a terminal. */
async function shell(commands: readonly string[]): Promise<Step[]> {
  const { legacyUrl, mysqlUrl, memcacheUrl, sessionUrl } = inject('services');
  const env = childEnvironment({
    ROUTES: 'routes.yaml',
    HANDLERS: join(ROOT, 'dist/handlers'),
    LEGACY_URL: legacyUrl,
    MYSQL_URL: mysqlUrl,
    MEMCACHE_URL: memcacheUrl,
    SESSION_URL: sessionUrl,
    EDGE: edge.url,
    NEW: second.url,
    LC_ALL: 'C',
  });
  const banyan = `banyan() { "${process.execPath}" "${join(ROOT, 'dist/main.js')}" "$@"; }`;
  const script = [banyan, ...commands.flatMap((command) => [command, `echo '${MARK}'`])].join('\n');
  const out = await new Promise<string>((resolve) => {
    const options = { env, cwd: dirname(edge.routesFile), timeout: 100_000 };
    execFile('bash', ['-c', `exec 2>&1\n${script}`], options, (_error, stdout) => resolve(stdout));
  });
  const outputs = out.split(`${MARK}\n`);
  return commands.map((command, index) => ({ command, output: outputs[index] ?? '' }));
}
