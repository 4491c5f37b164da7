// The promises of the services: private, on ports of their own, and gone with whoever started them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandFor } from '../../scripts/services/command.js';
import { DirectoryInUse, lockDirectory } from '../../scripts/services/directory.js';
import { renderTemplate } from '../../scripts/services/nginx.js';
import { ask, freePort, isFree, nextFreePort } from '../../scripts/services/ports.js';
import { run } from '../../scripts/services/process.js';
import { startServices } from '../../scripts/services.js';

const servicesUrl = new URL('../../scripts/services.js', import.meta.url).href;
const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'banyan-services-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Signal 0 reaches a process that has ended and waits for its parent; the system's list tells them apart. */
const runs = (pid: number): boolean => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const ended = (pid: number) =>
  vi.waitFor(() => expect(runs(pid)).toBe(false), { timeout: 10_000, interval: 50 });

describe('a service', () => {
  it('ends when the process that started it is killed', async () => {
    const script = `
      import { startServices } from ${JSON.stringify(servicesUrl)};
      const services = await startServices({ directory: process.argv[1], parts: ['memcached'] });
      const { pid, port } = services.service('memcached');
      console.log(JSON.stringify({ pid, port }));
      setInterval(() => {}, 1000);`;
    const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script, join(directory, 'a')], {
      stdio,
    });
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const { pid, port } = JSON.parse(line) as { pid: number; port: number };
    expect(runs(pid)).toBe(true);

    parent.kill('SIGKILL');
    await ended(pid);
    expect(await isFree(port)).toBe(true);
  });

  it('comes back on the same port after it was stopped, and after it was killed', async () => {
    const services = await startServices({ directory: join(directory, 'b'), parts: ['memcached'] });
    const memcached = services.service('memcached');
    const { port } = memcached;
    const answers = () => ask(port, 'version\r\n', (text) => text.endsWith('\r\n'));

    for (const end of [memcached.stop, memcached.kill]) {
      const { pid } = memcached;
      await end();
      expect(runs(pid ?? 0)).toBe(false);
      expect(await answers()).toBe('');
      await memcached.start();
      expect(await answers()).toMatch(/^VERSION/);
    }
    await services.stop();
    expect(await isFree(port)).toBe(true);
  });

  it('ends even while it stands still', async () => {
    const services = await startServices({ directory: join(directory, 'c'), parts: ['memcached'] });
    const memcached = services.service('memcached');
    const pid = memcached.pid ?? 0;
    memcached.pause();
    await services.stop();
    expect(runs(pid)).toBe(false);
  });

  it('that was not asked for has no address', async () => {
    const services = await startServices({
      directory: join(directory, 'd'),
      parts: ['memcached'],
      keep: false,
    });
    expect(() => services.mysqlUrl).toThrow('mariadb was not asked for');
    await services.stop();
  });
});

describe('a process', () => {
  it('takes its whole family with it', async () => {
    const script =
      "const c=require('child_process').spawn('sleep',['600']);console.log(c.pid);setInterval(()=>{},1e3)";
    const log = join(directory, 'log');
    const env = { PATH: process.env.PATH ?? '' };
    const running = await run({
      command: process.execPath,
      args: ['-e', script],
      env,
      cwd: '/',
      log,
      graceMs: 500,
    });
    const grandchild = await vi.waitFor(() => {
      const pid = Number(readFileSync(log, 'utf8'));
      expect(pid).toBeGreaterThan(0);
      return pid;
    });
    await running.stop();
    await ended(grandchild);
  });

  it('that cannot be started says so', async () => {
    const launch = { command: join(directory, 'absent'), args: [], env: {}, cwd: '/', graceMs: 1 };
    await expect(run(launch)).rejects.toThrow('cannot start');
  });

  it('tells how it ended', async () => {
    const running = await run({ command: 'sh', args: ['-c', 'exit 3'], env: {}, cwd: '/', graceMs: 1 });
    expect(await running.ended).toBe('exit 3');
  });
});

describe('ports', () => {
  it('that are taken are named and passed over', async () => {
    const server = createServer().listen(await freePort(), '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const taken: number[] = [];
    const next = await nextFreePort(port, (passed) => taken.push(passed));
    server.close();
    expect(taken[0]).toBe(port);
    expect(next).toBeGreaterThan(port);
  });
});

describe('a directory', () => {
  it('belongs to one process at a time', () => {
    const unlock = lockDirectory(directory, self);
    expect(() => lockDirectory(directory, self)).toThrow(DirectoryInUse);
    unlock();
    lockDirectory(directory, self)();
  });

  it('is taken over from a process that is gone, also when its id lives on in another', () => {
    writeFileSync(join(directory, 'lock'), `${process.pid} 1`);
    lockDirectory(directory, self)();
  });
});

describe("nginx's template", () => {
  it("gets the bookshop's variables and keeps nginx's own", () => {
    const template = `listen \${BOOKSHOP_LISTEN}; try_files $uri \${uri};`;
    expect(renderTemplate(template, { BOOKSHOP_LISTEN: '127.0.0.1:1' })).toBe(
      `listen 127.0.0.1:1; try_files $uri \${uri};`,
    );
  });

  it('must not ask for a variable that nobody sets', () => {
    expect(() => renderTemplate(`\${BOOKSHOP_NEW}`, {})).toThrow('BOOKSHOP_NEW');
  });
});

describe('a command', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const account = { name: 'somebody', uid: 1234, gid: 1234, drop: { uid: 1234, gid: 1234 } };
  const place = { root, directory: '/data', account, parts: {}, log: () => {} };

  it('runs a program of this machine as the chosen account', () => {
    const part = { name: 'x', tools: { server: '/usr/sbin/x' } };
    const command = commandFor(place, part, 'server', ['-v'], { SECRET: 's' });
    expect(command).toMatchObject({ command: '/usr/sbin/x', args: ['-v'], uid: 1234, gid: 1234 });
    expect(command.env).toMatchObject({ SECRET: 's', HOME: '/data' });
  });

  it('runs an image on this machine’s loopback, at the same paths, without secrets on the command line', () => {
    const part = { name: 'x', tools: { server: 'x' }, image: 'x:1' };
    const { command, args, env } = commandFor(place, part, 'server', ['-v'], { SECRET: 'hidden' });
    expect(command).toBe('docker');
    expect(args).toEqual(
      expect.arrayContaining([
        'run',
        '--rm',
        '--network=host',
        '--user=1234:1234',
        '--volume=/data:/data',
        '--env=SECRET',
      ]),
    );
    expect(args.slice(-2)).toEqual(['x:1', '-v']);
    expect(args.join(' ')).not.toContain('hidden');
    expect(env.SECRET).toBe('hidden');
  });
});
