// `banyan doctor` as a user runs it, on a bookshop of its own with the probe in it: finds all well, and names what is not.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childEnvironment } from '../../scripts/environment.js';
import { startServices } from '../../scripts/services.js';
import { examine } from '../../src/cli/doctor/examine.ts';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { makeProbe, writeProbe } from '../../src/cli/doctor/probe-file.ts';
import { readSettings } from '../../src/environment.ts';
import { type Edge, startEdge } from './edge-process.ts';
import { type Server, startRedis } from './stores/sessions/servers.ts';
import { ask } from './visitor.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SHOP = "require 'includes/bootstrap.php'; $mysql = db(); $memcached = cache();";

type Services = Awaited<ReturnType<typeof startServices>>;
type Environment = Record<string, string>;

let folder: string;
let shop: Services;
let spare: Services;
let redis: Server;
let edge: Edge;
let environment: Environment;
const folders: string[] = [];

beforeAll(async () => {
  mkdirSync(join(ROOT, '.banyan'), { recursive: true });
  folder = mkdtempSync(join(ROOT, '.banyan', 'test-doctor-'));
  cpSync(join(ROOT, 'legacy-fixtures'), join(folder, 'checkout/legacy-fixtures'), { recursive: true });
  shop = await startServices({
    directory: join(folder, 'shop'),
    root: join(folder, 'checkout'),
    keep: false,
  });
  spare = await startServices({ directory: join(folder, 'spare'), parts: ['memcached'], keep: false });
  redis = await startRedis();
  environment = {
    LEGACY_URL: shop.legacyUrl,
    MYSQL_URL: shop.mysqlUrl,
    MEMCACHE_URL: shop.memcacheUrl,
    SESSION_URL: shop.sessionUrl,
  };
  edge = await startEdge({ environment });
}, 60_000);

afterAll(async () => {
  await edge?.stop();
  await redis?.stop();
  await spare?.stop();
  await shop?.stop();
  for (const one of [...folders, folder]) rmSync(one, { recursive: true, force: true });
});

type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

async function banyan(words: readonly string[], extra: Environment = {}): Promise<Ran> {
  const env = childEnvironment({ ...environment, EDGE_URL: edge.url, ...extra });
  const child = spawn(process.execPath, [join(ROOT, 'dist/main.js'), 'doctor', ...words], {
    cwd: folder,
    env,
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

let probes = 0;

type Planted = { readonly probe: string; readonly token: string };

function plant(connect = SHOP): Planted {
  probes += 1;
  const probe = `/probe-${probes}.php`;
  const made = makeProbe(connect, Date.now());
  writeProbe(join(folder, 'checkout/legacy-fixtures/app', probe), made);
  return { probe, token: made.token };
}

/** Looks at everything, as the command does. */
async function diagnose(connect?: string, extra: Environment = {}): Promise<readonly Finding[]> {
  const read = readSettings({ ...environment, EDGE_URL: edge.url, ...extra }, 1);
  if (!read.ok) throw new Error(read.errors.join());
  return examine(read.settings, plant(connect));
}

const problems = (findings: readonly Finding[]) => findings.filter(({ level }) => level === 'problem');
const named = (findings: readonly Finding[], area: string, name: string) =>
  findings.find((finding) => finding.area === area && finding.name === name);

describe('a shop where all is well', () => {
  it('has no problems, and nothing about it is left unseen', async () => {
    const told = await diagnose();
    expect(problems(told)).toEqual([]);
    expect(told.map(({ area, name, level }) => `${area} ${name} ${level}`)).toEqual([
      'legacy probe ok',
      'legacy extensions ok',
      'mysql connection ok',
      'mysql place ok',
      'mysql session ok',
      'mysql affected_rows ok',
      'memcache servers ok',
      'memcache keys ok',
      'session place ok',
      'session read ok',
      'session sample skipped',
      'time php_clock ok',
      'time mysql_clock ok',
      'time zone ok',
      'time wall_clock ok',
      'visitor address warning',
      'visitor https warning',
      'visitor host ok',
    ]);
    expect(named(told, 'memcache', 'keys')?.text).toContain('20 of 20 keys');
    expect(named(told, 'time', 'zone')?.text).toContain('Europe/Berlin');
    expect(named(told, 'visitor', 'address')?.cure).toContain('set_real_ip_from 127.0.0.1');
  });

  it('is told with the same few keys for every finding, and without a secret', async () => {
    const { probe, token } = plant();
    const { code, out } = await banyan(['--probe', probe, '--token', token, '--json']);
    expect(code).toBe(0);
    const told = JSON.parse(out) as Record<string, unknown> & { findings: Record<string, unknown>[] };
    expect(Object.keys(told)).toEqual(['ok', 'findings']);
    for (const finding of told.findings) {
      expect(finding).toEqual({
        area: expect.stringMatching(/^(?:legacy|mysql|memcache|session|time|visitor)$/),
        name: expect.stringMatching(/^[a-z_]+$/),
        level: expect.stringMatching(/^(?:ok|warning|problem|skipped)$/),
        text: expect.any(String),
        ...('cure' in finding ? { cure: expect.any(String) } : {}),
      });
    }
    expect(out).not.toContain(new URL(shop.mysqlUrl).password);
    expect(out).not.toContain(token);
    expect(told.ok).toBe(true);
  });

  it('is told to a person by area, with cures', async () => {
    const file = join(folder, 'checkout/legacy-fixtures/app/by-command.php');
    const written = await banyan(['--write-probe', file, '--connect', SHOP]);
    const [, words = ''] = /^ {2}banyan doctor (--probe .*)$/m.exec(written.out) ?? [];
    const { code, out } = await banyan(words.split(' '));
    expect([written.code, code]).toEqual([0, 0]);
    expect(out).toMatch(/^Legacy\n {2}ok {7}PHP 8\./);
    expect(out).toContain('\n\nMySQL\n  ok       mysql://***@127.0.0.1:');
    expect(out).toContain('→ nginx in front of PHP: set_real_ip_from');
    expect(out).toMatch(/0 problems, 2 warnings, 15 fine; 1 not looked at\.\n$/);
  });

  it('has nothing left of what the probe wrote', async () => {
    expect(named(await diagnose(), 'session', 'read')?.level).toBe('ok');
    const stats = await memcachedKeys();
    expect(stats.filter((key) => key.includes('banyan_probe') || key.startsWith('memc.sess.key.'))).toEqual(
      [],
    );
  });

  it('shows a real session by names and types, and none of its values', async () => {
    const login = await ask(shop.legacyUrl, {
      method: 'POST',
      target: '/cart/add',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'product_id=7&qty=61',
    });
    const cookie = login.all('set-cookie')[0]?.split(';')[0] ?? '';
    const { code, out } = await banyan(['--cookie', cookie]);
    expect(code).toBe(0);
    expect(out).toContain('The session of --cookie has, values left out:');
    expect(out).toMatch(/cart: array of 1\n +7: number\n +last_seen: number/);
    expect(out).not.toMatch(/\b61\b/);
  });
});

async function memcachedKeys(): Promise<string[]> {
  const url = new URL(shop.memcacheUrl.replace('memcached:', 'http:'));
  const socket = connect(Number(url.port), url.hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    if (text.endsWith('END\r\n')) socket.end();
  });
  socket.write('lru_crawler metadump all\r\n');
  await once(socket, 'close');
  return [...text.matchAll(/^key=(\S+)/gm)].map(([, key = '']) => decodeURIComponent(key));
}

describe('where PHP keeps things', () => {
  const session = (...settings: string[]) => settings.map((one) => `ini_set(${one});`).join(' ');
  const host = () => shop.sessionUrl.replace('memcached://', '');

  it.each<[string, () => string, () => string]>([
    [
      'files in folders',
      () => {
        const path = mkdtempSync(join(tmpdir(), 'banyan-sessions-'));
        for (const letter of 'abcdefghijklmnopqrstuvwxyz0123456789,-') mkdirSync(join(path, letter));
        chmodSync(path, 0o777);
        for (const letter of readdirSync(path)) chmodSync(join(path, letter), 0o777);
        folders.push(path);
        return session("'session.save_handler', 'files'", `'session.save_path', '1;${path}'`);
      },
      () => `file://${folders.at(-1)}?depth=1`,
    ],
    [
      'igbinary in Memcache, for another time',
      () => session("'session.serialize_handler', 'igbinary'", "'session.gc_maxlifetime', 3600"),
      () => `${shop.sessionUrl}?serializer=igbinary&lifetime=3600s`,
    ],
    [
      'one array, with a prefix and a name of its own',
      () =>
        session(
          "'session.serialize_handler', 'php_serialize'",
          "'memcached.sess_prefix', 'shop.'",
          "'session.name', 'SHOP'",
        ),
      () => `${shop.sessionUrl}?prefix=shop.&name=SHOP&serializer=php_serialize`,
    ],
    [
      'Memcache, by the older extension',
      () => session("'session.save_handler', 'memcache'", `'session.save_path', 'tcp://${host()}'`),
      () => `memcache://${host()}`,
    ],
    [
      'Redis, in a database and with a prefix of its own',
      () =>
        session(
          "'session.save_handler', 'redis'",
          `'session.save_path', 'tcp://127.0.0.1:${redis.port}?database=2&prefix=shop:'`,
        ),
      () => `redis://127.0.0.1:${redis.port}/2?prefix=shop%3A`,
    ],
  ])('finds sessions in %s, and writes the SESSION_URL that reads them', async (_, settings, url) => {
    const php = settings();
    const elsewhere = { SESSION_URL: `memcached://${host()}?name=OTHER` };
    expect(named(await diagnose(php, elsewhere), 'session', 'read')).toMatchObject({
      level: 'problem',
      cure: `Write SESSION_URL=${url()} (with it the session is read right)`,
    });
    expect(problems(await diagnose(php, { SESSION_URL: url() }))).toEqual([]);
  });

  it.each(['IGBINARY', 'MSGPACK', 'JSON'])('reads what PHP has serialized by %s', async (name) => {
    const told = await diagnose(
      `${SHOP} $memcached->setOption(Memcached::OPT_SERIALIZER, Memcached::SERIALIZER_${name});`,
    );
    expect(named(told, 'memcache', 'keys')).toMatchObject({
      level: 'ok',
      text: expect.stringContaining(`serializer ${name.toLowerCase()}`),
    });
  });

  it('finds what the older extension has cached, and tells the two apart', async () => {
    const url = shop.memcacheUrl.replace('memcached://', 'memcache://');
    const [server = '', port = ''] = url.replace('memcache://', '').split(':');
    const php = `$memcached = new Memcache(); $memcached->addServer('${server}', ${port});`;
    const told = await diagnose(php, { MEMCACHE_URL: url });
    expect(named(told, 'memcache', 'keys')).toMatchObject({
      level: 'ok',
      text: expect.stringContaining('20 of 20 keys'),
    });
    const confused = await diagnose(php);
    expect(problems(confused).map(({ area }) => area)).toContain('memcache');
    expect(JSON.stringify(confused)).toContain(`MEMCACHE_URL=${url}`);
  });
});

describe('what is broken', () => {
  it('is a prefix that PHP does not have, with the URL that is right', async () => {
    const told = await diagnose(undefined, { MEMCACHE_URL: `${shop.memcacheUrl}?prefix=shop.` });
    expect(problems(told).map(({ name }) => name)).toEqual(['keys']);
    expect(named(told, 'memcache', 'keys')).toMatchObject({
      text: expect.stringMatching(
        /20 of 20 keys .* not found\. PHP put "banyan_probe_\w+" on .*look for "shop\.banyan_probe_/,
      ),
      cure: `Write MEMCACHE_URL=${shop.memcacheUrl} (with it all of them are found)`,
    });
  });

  it('is a ring that PHP does not have', async () => {
    const servers = [shop.memcacheUrl, spare.memcacheUrl].map((url) => url.replace('memcached://', ''));
    const adds = servers.map((server) => `$memcached->addServer('${server.replace(':', "', ")});`).join(' ');
    const php = `$memcached = new Memcached(); $memcached->setOption(Memcached::OPT_LIBKETAMA_COMPATIBLE, true); ${adds}`;
    const url = `memcached://${servers.join(',')}`;
    const told = await diagnose(php, { MEMCACHE_URL: url });
    expect(named(told, 'memcache', 'keys')).toMatchObject({
      level: 'problem',
      cure: `Write MEMCACHE_URL=${url}?distribution=ketama (with it all of them are found)`,
    });
    expect(problems(await diagnose(php, { MEMCACHE_URL: `${url}?distribution=ketama` }))).toEqual([]);
  });

  it('is a session that is read as another format than PHP writes, or by another name', async () => {
    const format = await diagnose(undefined, { SESSION_URL: `${shop.sessionUrl}?serializer=php_serialize` });
    expect(named(format, 'session', 'read')).toMatchObject({
      level: 'problem',
      text: expect.stringContaining('serializer php'),
      cure: `Write SESSION_URL=${shop.sessionUrl} (with it the session is read right)`,
    });
    const name = await diagnose("ini_set('session.name', 'SHOP');");
    expect(named(name, 'session', 'read')).toMatchObject({
      level: 'problem',
      cure: `Write SESSION_URL=${shop.sessionUrl}?name=SHOP (with it the session is read right)`,
    });
  });

  it('is a MySQL session that the application sets otherwise', async () => {
    const sets = `${SHOP} $mysql->query("SET sql_mode = 'ANSI_QUOTES', time_zone = '+02:00'");`;
    const told = await diagnose(sets);
    expect(named(told, 'mysql', 'sql_mode')?.cure).toBe('Write in MYSQL_URL: sql_mode=ANSI_QUOTES');
    expect(named(told, 'mysql', 'time_zone')?.cure).toBe('Write in MYSQL_URL: time_zone=%2B02:00');
    const cured = await diagnose(sets, {
      MYSQL_URL: `${shop.mysqlUrl}?sql_mode=ANSI_QUOTES&time_zone=%2B02:00`,
    });
    expect(problems(cured)).toEqual([]);
  });

  it('is how PHP counts rows', async () => {
    const counts = `require 'includes/bootstrap.php'; $mysql = mysqli_init();
      $mysql->real_connect(DB_HOST, DB_USER, DB_PASSWORD, DB_NAME, DB_PORT, null, MYSQLI_CLIENT_FOUND_ROWS); $mysql->set_charset('utf8mb4');`;
    expect(named(await diagnose(counts), 'mysql', 'affected_rows')?.cure).toBe(
      'Write in MYSQL_URL: foundRows=on',
    );
    expect(problems(await diagnose(counts, { MYSQL_URL: `${shop.mysqlUrl}?foundRows=on` }))).toEqual([]);
  });

  it('is a visitor whose address the edge does not believe', async () => {
    const stranger = await startEdge({ environment: { ...environment, TRUSTED_PROXIES: '' } });
    try {
      const told = await diagnose(undefined, { EDGE_URL: stranger.url });
      expect(named(told, 'visitor', 'trusted')).toMatchObject({
        level: 'warning',
        cure: expect.stringContaining('TRUSTED_PROXIES=127.0.0.1'),
      });
      expect(named(told, 'visitor', 'https')?.level).toBe('skipped');
    } finally {
      await stranger.stop();
    }
  });

  it('is code of the application that fails, or ends the script', async () => {
    const failing = await diagnose("throw new RuntimeException('no bootstrap');");
    expect(named(failing, 'legacy', 'connect')?.text).toContain('RuntimeException: no bootstrap');
    const ending = await diagnose("echo 'We are closed'; exit;");
    expect(named(ending, 'legacy', 'connect')?.text).toContain('ended early');
  });

  it.each([
    ['Memcache', 'memcache', 'servers', { MEMCACHE_URL: 'memcached://127.0.0.1:1' }],
    ['the place of sessions', 'session', 'place', { SESSION_URL: 'memcached://127.0.0.1:1' }],
    ['MySQL', 'mysql', 'connection', { MYSQL_URL: 'mysql://u:secret@127.0.0.1:1/x' }],
    ['legacy', 'legacy', 'answers', { LEGACY_URL: 'http://127.0.0.1:1' }],
  ])('is %s when it is down', async (_, area, name, extra) => {
    const { code, out } = await banyan(['--json'], extra);
    const told = JSON.parse(out) as { ok: boolean; findings: Finding[] };
    expect([code, told.ok]).toEqual([1, false]);
    expect(named(told.findings, area, name)).toMatchObject({
      level: 'problem',
      text: expect.stringContaining('ECONNREFUSED'),
    });
    expect(out).not.toContain('secret');
  });

  it('is a server that nobody runs, and keys that could not be looked for there', async () => {
    const told = await diagnose(undefined, { MEMCACHE_URL: 'memcached://127.0.0.1:1' });
    expect(named(told, 'memcache', 'keys')).toMatchObject({
      level: 'problem',
      text: expect.stringMatching(/could not be looked for: 127\.0\.0\.1:1: .*ECONNREFUSED/),
      cure: `Write MEMCACHE_URL=${shop.memcacheUrl} (with it all of them are found)`,
    });
  });

  it('is a folder of sessions that is not there', async () => {
    const told = await diagnose(undefined, { SESSION_URL: 'file:///nowhere/sessions' });
    expect(named(told, 'session', 'place')).toMatchObject({
      level: 'problem',
      text: expect.stringContaining('ENOENT'),
    });
  });

  it('does not keep doctor waiting when it hangs', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const at = `127.0.0.1:${port}`;
    const started = performance.now();
    const { code, out } = await banyan(['--json'], {
      LEGACY_URL: `http://${at}`,
      MYSQL_URL: `mysql://u@${at}/x`,
      MEMCACHE_URL: `memcached://${at}`,
      SESSION_URL: `memcached://${at}`,
    });
    expect(performance.now() - started).toBeLessThan(30_000);
    silent.close();
    const { findings } = JSON.parse(out) as { findings: Finding[] };
    expect([code, problems(findings).map(({ area, name }) => `${area} ${name}`)]).toEqual([
      1,
      ['legacy answers', 'mysql connection', 'memcache servers', 'session place'],
    ]);
  });
});

describe('the probe', () => {
  const post = (target: string, body: string) =>
    ask(shop.legacyUrl, {
      method: 'POST',
      target,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body,
    });

  it('is not there for anybody without its token, and answers it once', async () => {
    const { probe: path, token } = plant();
    for (const body of ['', 'token=', 'token[]=x', `token=${'0'.repeat(64)}`, `token=${token.slice(1)}`])
      expect((await post(path, body)).status, body).toBe(404);
    expect((await ask(shop.legacyUrl, { target: `${path}?token=${token}` })).status).toBe(404);
    expect((await post(path, `token=${token}`)).status).toBe(200);
    expect((await post(path, `token=${token}`)).status).toBe(404);
    const told = await banyan(['--probe', path, '--token', token]);
    expect([told.code, told.out]).toEqual([1, expect.stringContaining('used already')]);
  });

  it('is of no use after an hour, and as it lies in the repository', async () => {
    const { probe: path, token } = plant();
    const file = join(folder, 'checkout/legacy-fixtures/app', path);
    const text = readFileSync(file, 'utf8');
    const [, expires = ''] = /'BANYAN_PROBE_EXPIRES', (\d+)/.exec(text) ?? [];
    expect(Number(expires) - Date.now() / 1000).toBeLessThanOrEqual(3600);
    expect(Number(expires) - Date.now() / 1000).toBeGreaterThan(3500);
    expect(text).not.toContain(token);
    writeFileSync(join(folder, 'checkout/legacy-fixtures/app/old.php'), text.replace(expires, '1600000000'));
    expect((await post('/old.php', `token=${token}`)).status).toBe(404);
    cpSync(
      join(ROOT, 'legacy-fixtures/banyan-probe.php'),
      join(folder, 'checkout/legacy-fixtures/app/bare.php'),
    );
    expect((await post('/bare.php', 'token=none')).status).toBe(404);
  });

  it('never replaces a file', async () => {
    const file = join(folder, 'there.php');
    writeFileSync(file, 'mine');
    expect((await banyan(['--write-probe', file])).code).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(existsSync(file)).toBe(true);
  });
});

it('says how to be asked', async () => {
  expect((await banyan(['--probe', 'probe.php', '--token', 'x'])).code).toBe(2);
  expect((await banyan(['--probe', '/probe.php'])).code).toBe(2);
  const nowhere = await banyan(['--probe', '/p.php', '--token', 'x'], { EDGE_URL: '', LEGACY_URL: '' });
  expect([nowhere.code, nowhere.err]).toEqual([2, expect.stringContaining('EDGE_URL or LEGACY_URL')]);
});
