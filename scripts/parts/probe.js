// Asking a program what it can do: run it briefly, read what it prints.

import { execFile } from 'node:child_process';

import { childEnvironment } from '../environment.js';

/**
 * Runs a program for at most ten seconds and resolves to what it printed, '' if it could not run.
 *
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<string>}
 */
export function output(command, args) {
  return run(command, args).then(({ text }) => text);
}

/**
 * Says why a program cannot even print its version, or undefined when it can.
 *
 * @param {string} command
 * @param {string[]} args
 */
export async function fails(command, args) {
  return (await run(command, args)).ok ? undefined : 'it does not start';
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<{ ok: boolean, text: string }>}
 */
function run(command, args) {
  const options = { timeout: 10_000, env: childEnvironment(), maxBuffer: 4 << 20 };
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) =>
      resolve({ ok: error === null, text: stdout + stderr }),
    );
  });
}
