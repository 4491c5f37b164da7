// A process that cannot outlive this one, not even when this one is killed: it runs under a supervisor
// (supervisor.js) that is tied to us by a pipe.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./supervisor.js').Launch} Launch */

/**
 * @typedef {object} Running
 * @property {number} pid the process's own id, which is also its group's
 * @property {Promise<string>} ended resolves to how it ended, in words
 * @property {(signal: NodeJS.Signals) => void} signal sends a signal to the whole group
 * @property {() => Promise<void>} stop ends the group and waits for that
 */

const SUPERVISOR = fileURLToPath(new URL('./supervisor.js', import.meta.url));

/**
 * Starts a process under a supervisor.
 *
 * The supervisor leads a session of its own, so that neither Ctrl-C nor a signal to our group reaches it.
 *
 * @param {Launch} launch
 * @returns {Promise<Running>}
 * @throws {Error} when the command cannot be started
 */
export async function run(launch) {
  const supervisor = spawnSupervisor();
  supervisor.stdin.on('error', () => {});
  supervisor.stdin.write(`${JSON.stringify(launch)}\n`);

  const closed = once(supervisor, 'close');
  const { started, ending } = listen(supervisor.stdout);
  const first = await Promise.race([started, closed.then(() => ({ error: 'its supervisor ended' }))]);
  if (first.pid === undefined) throw new Error(`cannot start ${launch.command}: ${first.error}`);

  release(supervisor);
  return {
    pid: first.pid,
    ended: closed.then(ending),
    signal: (signal) => void signalGroup(first.pid, signal),
    stop: async () => {
      supervisor.ref();
      supervisor.stdin.end();
      await closed;
    },
  };
}

/** @typedef {import('node:stream').Writable} Writable */
/** @typedef {import('node:stream').Readable} Readable */

function spawnSupervisor() {
  const child = spawn(process.execPath, [SUPERVISOR], {
    detached: true,
    cwd: '/',
    env: {},
    stdio: ['pipe', 'pipe', 'inherit', 1],
  });
  return /** @type {import('node:child_process').ChildProcessByStdio<Writable, Readable, null>} */ (child);
}

/**
 * Reads the supervisor's messages: the first says how the start went, the last how the process ended.
 *
 * @param {import('node:stream').Readable} stdout
 */
function listen(stdout) {
  let last = 'killed';
  const messages = createInterface({ input: stdout });
  const started = new Promise((resolve) => {
    messages.on('line', (line) => {
      const message = JSON.parse(line);
      if ('exit' in message) last = `exit ${message.exit}`;
      else resolve(message);
    });
  });
  return { started, ending: () => last };
}

/**
 * Lets our process end while the supervisor still runs; that ends the service as well.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
function release(child) {
  child.unref();
  for (const stream of [child.stdin, child.stdout]) {
    if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
  }
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}
