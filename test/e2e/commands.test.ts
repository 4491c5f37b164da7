// The commands as a user runs them: the built program, in processes of their own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { childEnvironment } from '../../scripts/environment.js';
import { type Edge, startEdge, waitUntil } from './edge-process.ts';
import { ask } from './visitor.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HANDLERS = fileURLToPath(new URL('handlers-under-test', import.meta.url));

let folder: string;
let edge: Edge | undefined;

beforeEach(() => {
  mkdirSync(join(ROOT, '.banyan'), { recursive: true });
  // Inside the checkout, so that handlers find `banyan-edge`.
  folder = mkdtempSync(join(ROOT, '.banyan', 'test-commands-'));
});

afterEach(async () => {
  await edge?.stop();
  edge = undefined;
  rmSync(folder, { recursive: true, force: true });
});

type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

function start(words: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [join(ROOT, 'dist/main.js'), ...words], {
    cwd: folder,
    env: childEnvironment({ LEGACY_URL: 'http://127.0.0.1:9', HANDLERS, ...environment }),
  });
}

/** Runs `banyan` to its end. */
async function banyan(
  words: readonly string[],
  input = '',
  environment?: Record<string, string>,
): Promise<Ran> {
  const child = start(words, environment);
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  child.stdin?.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

const write = (file: string, text: string) => writeFileSync(join(folder, file), text);

const ROUTES = `routes:
  hello: { match: GET /hello, handler: hello, stage: new }
  word:
    match: GET /word
    redirect: 302 /there
    stage: legacy   # for now
`;

describe('check', () => {
  it('imports the handlers, and tells every one that does not load at its line', async () => {
    write('routes.yaml', ROUTES);
    expect(await banyan(['check'])).toMatchObject({ code: 0, err: '' });
    write(
      'routes.yaml',
      `${ROUTES}  a: { match: GET /a, handler: not-there }\n  b: { match: GET /b, handler: throws-at-import }\n`,
    );
    const { code, out } = await banyan(['check', '--format', 'json']);
    expect([code, JSON.parse(out).problems]).toEqual([
      1,
      [
        expect.objectContaining({ code: 'handler-missing', file: 'routes.yaml', line: 7 }),
        expect.objectContaining({ code: 'handler-failed', file: 'routes.yaml', line: 8 }),
      ],
    ]);
  });

  it('outlives a handler that ends its process', async () => {
    write('routes.yaml', 'routes: { a: { match: GET /a, handler: exits-at-import } }\n');
    const { code, out } = await banyan(['check', '--format', 'github']);
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/^::error title=banyan%3A worker-failed::.*code 4/),
    ]);
  });

  it('keeps what handlers print out of its answer', async () => {
    write('chatty.js', "console.log('noise'); export default (req, res) => res.end();\n");
    write('routes.yaml', 'routes: { a: { match: GET /a, handler: chatty } }\n');
    const { code, out, err } = await banyan(['check', '--format', 'json', '--handlers', folder]);
    expect([code, JSON.parse(out).ok, err]).toEqual([0, true, 'noise\n']);
  });

  it('takes handlers in TypeScript with --dev, as banyan dev does, and says so without it', async () => {
    write(
      'typed.ts',
      'const handler = (_req: object, res: { end(): void }): void => res.end();\nexport default handler;\n',
    );
    write('routes.yaml', 'routes: { a: { match: GET /a, handler: typed } }\n');
    const without = await banyan(['check', '--handlers', folder]);
    expect([without.code, without.out]).toEqual([1, expect.stringContaining('typed.ts is TypeScript')]);
    expect(await banyan(['check', '--dev', '--handlers', folder])).toMatchObject({ code: 0 });
  });

  it('reads standard input, and what it includes from the folder', async () => {
    write('more.yaml', 'routes: { b: { match: GET b } }\n');
    const { code, out } = await banyan(
      ['check', '-'],
      'include: [more.yaml]\nroutes: { a: { match: GET a } }\n',
    );
    expect(code).toBe(1);
    expect(out).toContain('stdin:2:23 invalid-match');
    expect(out).toContain('more.yaml:1:23 invalid-match');
  });
});

it('flip tries the handler that is going to answer, rollback asks for none', async () => {
  write(
    'routes.yaml',
    'routes:\n  a:\n    match: GET /a\n    handler: throws-at-import\n    stage: legacy\n',
  );
  const refused = await banyan(['flip', 'a', 'new']);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('handler-failed')]);
  write('routes.yaml', readFileSync(join(folder, 'routes.yaml'), 'utf8').replace('legacy', 'new'));
  expect(await banyan(['rollback', 'a'])).toMatchObject({ code: 0, err: '' });
});

it('a running edge follows flip and rollback', async () => {
  const running = await startEdge({ routes: ROUTES, environment: { HANDLERS, ACCESS_LOG: 'off' } });
  edge = running;
  const side = async () =>
    (await ask(`${running.url}/word`, { headers: { 'X-Banyan': '1' } })).header('x-banyan');
  const served = async (words: readonly string[], expected: string) => {
    const { code } = await banyan([...words, '--routes', running.routesFile]);
    expect(code).toBe(0);
    await waitUntil(async () => (await side())?.startsWith(`side=${expected};`) ?? false, running.ended);
  };
  const before = readFileSync(running.routesFile, 'utf8');
  await served(['flip', 'word', 'new'], 'new');
  await served(['rollback', 'word'], 'legacy');
  expect(readFileSync(running.routesFile, 'utf8')).toBe(before);
});

it('serves with the stages of an environment, and follows them', async () => {
  write('production.yaml', 'word: new\n');
  const stages = join(folder, 'production.yaml');
  const running = await startEdge({
    routes: ROUTES,
    environment: { HANDLERS, STAGES: stages, ACCESS_LOG: 'off' },
  });
  edge = running;
  const status = async () => (await ask(`${running.url}/word`)).status;
  expect(await status()).toBe(302);
  writeFileSync(stages, 'word: gone\n');
  await waitUntil(async () => (await status()) === 410, running.ended);
});

it('the admin API tells what became of a file, and reads it again for who has the token', async () => {
  const running = await startEdge({
    routes: ROUTES,
    environment: { HANDLERS, ADMIN_TOKEN: 'secret', ACCESS_LOG: 'off' },
    token: 'secret',
  });
  edge = running;
  const headers = { Authorization: 'Bearer secret' };
  const reload = (fields: Record<string, string>) =>
    ask(`${running.admin}/api/reload`, { method: 'POST', headers: fields });
  expect((await reload({})).status).toBe(401);
  const same = await reload(headers);
  expect([same.status, JSON.parse(same.text)]).toEqual([
    200,
    expect.objectContaining({ result: 'unchanged', routes: 2 }),
  ]);

  running.writeRoutes(ROUTES.replace('GET /word', 'GET word'));
  const refused = await reload(headers);
  const problem = expect.objectContaining({
    code: 'invalid-match',
    position: { file: running.routesFile, line: 4, column: 12 },
  });
  expect([refused.status, JSON.parse(refused.text).problems]).toEqual([422, [problem]]);
  const told = JSON.parse((await ask(`${running.admin}/api/reloads`, { headers })).text);
  expect(told.refused.problems).toEqual([problem]);
  expect(told.history[0]).toMatchObject({ result: 'refused', revision: told.revision });
  const metrics = (await ask(`${running.admin}/metrics`)).text;
  expect(metrics).toMatch(/banyan_reloads_total\{result="refused"\} [12]\n/);
});

it('plan compares with a revision of git', async () => {
  const git = (...words: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
      cwd: folder,
      stdio: 'pipe',
    });
  git('init', '-q');
  write('routes.yaml', ROUTES);
  git('add', 'routes.yaml');
  git('commit', '-qm', 'x');
  await banyan(['flip', 'word', 'canary', '5%']);
  const { code, out } = await banyan(['plan', 'HEAD']);
  expect([code, out]).toEqual([0, expect.stringMatching(/^word: legacy → canary 5%\n\n1 change from HEAD /)]);
});

it('ends quietly when its reader has gone', async () => {
  copyFileSync(join(ROOT, 'routes.yaml'), join(folder, 'routes.yaml'));
  const child = start(['routes', '--json']);
  child.stdout?.destroy();
  let err = '';
  child.stderr?.on('data', (text) => {
    err += text;
  });
  await once(child, 'close');
  expect(err).toBe('');
});

it.each(['serve', 'dev', 'check', 'explain', 'routes', 'plan', 'flip', 'rollback', 'schema'])(
  'banyan %s --help is prose, with examples or signals, and no colours',
  async (command) => {
    const { code, out } = await banyan([command, '--help'], '', { NO_COLOR: '1' });
    expect([code, out]).toEqual([0, expect.stringMatching(new RegExp(`^Usage: banyan ${command} `))]);
    expect(out.includes('\u001b')).toBe(false);
    expect(out.split('\n').length).toBeGreaterThan(8);
  },
);
