// One service: a port, a way to launch it there, a way to know that it serves. It can be stopped and started
// again on the same port and data, killed, and made to stand still.

import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort, isFree } from './ports.js';
import { run } from './process.js';

const READY_WITHIN_MS = 30_000;
const POLL_MS = 25;
const PORT_ATTEMPTS = 5;

/**
 * @typedef {object} Recipe
 * @property {string} name
 * @property {string} log the file that the service prints to
 * @property {(port: number) => import('./supervisor.js').Launch} launch
 * @property {(port: number, pid: number) => Promise<boolean>} serves whether it, and not somebody else, answers
 */

/**
 * @typedef {object} Service
 * @property {string} name
 * @property {number} port
 * @property {number | undefined} pid undefined while it is stopped
 * @property {() => Promise<void>} start
 * @property {() => Promise<void>} stop ends it in an orderly way; nothing happens when it does not run
 * @property {() => Promise<void>} kill ends it with SIGKILL
 * @property {() => void} pause makes it stand still (SIGSTOP): its port accepts, nobody answers
 * @property {() => void} resume
 */

/**
 * Starts a service on a free port.
 *
 * @param {Recipe} recipe
 * @returns {Promise<Service>}
 */
export async function startService(recipe) {
  rmSync(recipe.log, { force: true });
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return control(recipe, port, await launched(recipe, port));
    } catch (error) {
      // Somebody may have taken the port between our choice and the service's bind.
      if (attempt === PORT_ATTEMPTS || (await isFree(port))) throw error;
    }
  }
}

/**
 * @param {Recipe} recipe
 * @param {number} port
 * @param {import('./process.js').Running} first
 * @returns {Service}
 */
function control(recipe, port, first) {
  /** @type {import('./process.js').Running | undefined} */
  let running = first;
  const end = async () => {
    const ending = running;
    running = undefined;
    await ending?.stop();
  };
  return {
    name: recipe.name,
    port,
    get pid() {
      return running?.pid;
    },
    start: async () => {
      running ??= await launched(recipe, port);
    },
    stop: end,
    kill: async () => {
      running?.signal('SIGKILL');
      await end();
    },
    pause: () => running?.signal('SIGSTOP'),
    resume: () => running?.signal('SIGCONT'),
  };
}

/**
 * @param {Recipe} recipe
 * @param {number} port
 */
async function launched(recipe, port) {
  const running = await run(recipe.launch(port));
  let ended = false;
  void running.ended.then(() => {
    ended = true;
  });
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!ended && Date.now() < deadline) {
    if (await recipe.serves(port, running.pid)) return running;
    await delay(POLL_MS);
  }
  await running.stop();
  throw new Error(failure(recipe, ended ? await running.ended : 'still not ready'));
}

/**
 * @param {Recipe} recipe
 * @param {string} ending
 */
function failure({ name, log }, ending) {
  const tail = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-15).join('\n  ');
  return `${name} did not start (${ending}). The end of ${log}:\n  ${tail}`;
}

/**
 * Reads a pid file that the service writes once it listens.
 *
 * @param {string} file
 * @returns {number | undefined}
 */
export function readPid(file) {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}
