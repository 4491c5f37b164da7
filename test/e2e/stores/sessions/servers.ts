// Private memcached and redis servers on free ports, ended with the test process.
import { connect } from 'node:net';
import { findPart } from '../../../../scripts/parts/find.js';
import { ask, freePort } from '../../../../scripts/services/ports.js';
import { run } from '../../../../scripts/services/process.js';

export type Server = {
  readonly port: number;
  /** Sends a line and gives what comes back until `end`. */
  say(line: string, end: string): Promise<string>;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
};

/** Starts a memcached. */
export function startMemcached(): Promise<Server> {
  const asRoot = process.getuid?.() === 0 ? ['-u', 'root'] : [];
  return start('memcached', (port) => ['-l', '127.0.0.1', '-p', `${port}`, '-U', '0', '-m', '64', ...asRoot]);
}

/** Starts a Redis that keeps nothing on disk. */
export function startRedis(...more: string[]): Promise<Server> {
  return start('redis', (port) => [
    ...[
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--loglevel',
      'warning',
    ],
    ...more,
  ]);
}

async function start(name: string, argsFor: (port: number) => string[]): Promise<Server> {
  const part = await findPart(name);
  if (!('found' in part)) throw new Error(`${name} is missing: ${part.rejected.join(', ')}`);
  const port = await freePort();
  const command = part.found.tools.server ?? name;
  const running = await run({
    command,
    args: argsFor(port),
    cwd: '/',
    env: {},
    log: '/dev/null',
    graceMs: 50,
  });
  await listening(port);
  return {
    port,
    say: (line, end) => ask(port, `${line}\r\n`, (text) => text.endsWith(end)),
    signal: running.signal,
    stop: running.stop,
  };
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (await accepts(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`nobody listens on port ${port}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
