// Runs one service and outlives whoever asked for it just long enough to end it: when standard input closes,
// because the parent says so or because it was killed, the service's whole process group is ended.

import { spawn } from 'node:child_process';
import { chownSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * @typedef {object} Launch what the parent writes as the first line of standard input
 * @property {string} command
 * @property {string[]} args
 * @property {Record<string, string>} env
 * @property {string} cwd
 * @property {string} [log] a file for what the service prints; without it, it prints where the parent does
 * @property {number} [uid]
 * @property {number} [gid]
 * @property {number} graceMs how long the service may take to end itself
 */

// Our own standard output carries messages to the parent.
const PARENTS_STDOUT = 3;

const lines = createInterface({ input: process.stdin });
lines.once('line', (line) => supervise(JSON.parse(line)));

// A terminal's Ctrl-C or hang-up is the parent's to handle; a parent that is gone cannot be written to.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGHUP'])) process.on(signal, () => {});
process.stdout.on('error', () => {});

/** @param {Launch} launch */
function supervise(launch) {
  const child = start(launch);
  child.on('error', (error) => finish({ error: error.message }));
  const { pid } = child;
  if (pid === undefined) return;
  report({ pid });

  child.on('exit', (code, signal) => {
    signalGroup(pid, 'SIGKILL');
    finish({ exit: signal ?? code });
  });
  const end = () => endGroup(pid, launch.graceMs);
  process.on('SIGTERM', end);
  lines.on('close', end);
}

/** @param {Launch} launch */
function start({ command, args, env, cwd, log, uid, gid }) {
  const file = log === undefined ? undefined : openSync(log, 'a');
  if (log !== undefined && uid !== undefined && gid !== undefined) chownSync(log, uid, gid);
  const identity = uid === undefined || gid === undefined ? {} : { uid, gid };
  return spawn(command, args, {
    env,
    cwd,
    detached: true,
    stdio: ['ignore', file ?? PARENTS_STDOUT, file ?? 2],
    ...identity,
  });
}

/**
 * Asks the group to end, also when it stands still after SIGSTOP, and ends it after the grace.
 *
 * @param {number} pid
 * @param {number} graceMs
 */
function endGroup(pid, graceMs) {
  signalGroup(pid, 'SIGTERM');
  signalGroup(pid, 'SIGCONT');
  setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

/** @param {Record<string, unknown>} ending */
function finish(ending) {
  report(ending);
  process.exit(0);
}

/** @param {Record<string, unknown>} message */
function report(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
