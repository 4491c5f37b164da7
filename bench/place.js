// Where a run of the benchmark happens: its directory, account and cores, and starting programs there. All
// programs are tied to this process and end with it, however it ends.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { childEnvironment } from '../scripts/environment.js';
import { chooseAccount } from '../scripts/services/account.js';
import { lockDirectory } from '../scripts/services/directory.js';
import { run } from '../scripts/services/process.js';
import { startService } from '../scripts/services/service.js';
import { allowedCores } from './proc.js';

/** @typedef {'subject' | 'load'} Core */

/**
 * @typedef {object} Place
 * @property {string} root the checkout
 * @property {string} directory where configurations and logs lie
 * @property {import('../scripts/services/account.js').Account} account
 * @property {Record<Core, number>} cores
 * @property {AbortSignal} signal
 * @property {() => void} release
 */

/**
 * @typedef {object} Program
 * @property {string} name
 * @property {Core} core
 * @property {string} command
 * @property {string[]} args
 * @property {Record<string, string>} [env]
 * @property {boolean} [yields] whether it gives way to whatever else wants its core
 */

/**
 * Takes the directory and puts this process on the load's core, so that it never disturbs a subject.
 *
 * @param {string} root
 * @param {AbortSignal} signal
 * @returns {Place}
 * @throws {Error} when this machine cannot tell a subject from the load
 */
export function takePlace(root, signal) {
  const [load, subject] = allowedCores();
  if (load === undefined || subject === undefined) {
    throw new Error('The benchmark needs Linux and two cores: one for the subject, one for the load.');
  }
  const parent = join(root, '.banyan');
  mkdirSync(parent, { recursive: true });
  const account = chooseAccount([parent, join(root, 'bench/main.js'), join(root, 'dist/main.js')]);
  const directory = join(parent, 'bench');
  const unlock = lockDirectory(directory, account);
  execFileSync('taskset', ['-cp', String(load), String(process.pid)], { stdio: 'ignore' });
  const release = () => {
    unlock();
    rmSync(directory, { recursive: true, force: true });
  };
  return { root, directory: realpathSync(directory), account, cores: { subject, load }, signal, release };
}

/**
 * Makes a directory that programs of this place may write to.
 *
 * @param {Place} place
 * @param {string} name
 * @returns {string}
 */
export function makeDirectory(place, name) {
  const directory = join(place.directory, name);
  mkdirSync(directory, { recursive: true });
  const { uid, gid } = place.account;
  execFileSync('chown', [`${uid}:${gid}`, directory]);
  return directory;
}

/**
 * Starts a server on a free port and resolves once it answers.
 *
 * @param {Place} place
 * @param {string} name
 * @param {(port: number) => Program} program
 * @param {(port: number) => Promise<boolean>} [serves]
 */
export function startServer(place, name, program, serves = answers) {
  place.signal.throwIfAborted();
  return startService({
    name,
    log: join(place.directory, `${name}.log`),
    launch: (port) => launchOf(place, program(port)),
    serves,
  });
}

/**
 * Runs a program to its end.
 *
 * @param {Place} place
 * @param {Program} program
 * @param {number} limitMs after which it is ended and this rejects
 * @returns {Promise<string>} what it printed
 */
export async function runProgram(place, program, limitMs) {
  place.signal.throwIfAborted();
  const launch = launchOf(place, program);
  rmSync(launch.log, { force: true });
  const running = await run(launch);
  const end = () => void running.stop();
  const timer = setTimeout(end, limitMs);
  place.signal.addEventListener('abort', end);
  const ending = await running.ended;
  clearTimeout(timer);
  place.signal.removeEventListener('abort', end);
  place.signal.throwIfAborted();
  const output = readFileSync(launch.log, 'utf8');
  if (ending !== 'exit 0') throw new Error(`${program.name} ended with ${ending}: ${output.slice(-600)}`);
  return output;
}

/**
 * Builds what the supervisor is told: the program on its core.
 *
 * @param {Place} place
 * @param {Program} program
 */
export function launchOf(place, { name, core, command, args, env = {}, yields = false }) {
  const niced = yields ? ['nice', '-n', '19'] : [];
  return {
    command: 'taskset',
    args: ['-c', String(place.cores[core]), ...niced, command, ...args],
    env: childEnvironment({
      HOME: place.directory,
      TMPDIR: place.directory,
      NODE_ENV: 'production',
      ...env,
    }),
    cwd: place.directory,
    log: join(place.directory, `${name}.log`),
    graceMs: 2_000,
    ...place.account.drop,
  };
}

/** @param {number} port */
async function answers(port) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
