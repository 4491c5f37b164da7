// Environments for child processes, built from a short list of names: what the caller's environment says
// about databases, caches or an edge (MYSQL_URL, ...) must never reach the demo or the tests.

import { writeFileSync } from 'node:fs';

const PASSED_ON = [
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'TERM',
  'TMPDIR',
  'CI',
  'NO_COLOR',
  'FORCE_COLOR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
];

const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * Builds a child's environment: the few harmless names above, a PATH that includes the system's
 * administration programs, and what `extra` says.
 *
 * @param {Record<string, string>} [extra]
 * @param {NodeJS.ProcessEnv} [from]
 * @returns {Record<string, string>}
 */
export function childEnvironment(extra = {}, from = process.env) {
  /** @type {Record<string, string>} */
  const environment = { PATH: searchPath(from).join(':') };
  for (const name of PASSED_ON) {
    const value = from[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...extra };
}

/**
 * Lists the directories in which programs are looked for, in order, each once.
 *
 * @param {NodeJS.ProcessEnv} [from]
 */
export function searchPath(from = process.env) {
  const own = (from.PATH ?? '').split(':').filter((directory) => directory.startsWith('/'));
  return [...new Set([...own, ...SYSTEM_PATH])];
}

/**
 * Writes a file that a shell reads with `.`, so that commands in another terminal find what the edge was given: where
 * things are, on ports that were free, with a password that was made for them. It is for the account's own eyes, and
 * lies where the services' account cannot write: a shell does what it says.
 *
 * @param {string} file
 * @param {Record<string, string>} settings
 */
export function writeEnvironment(file, settings) {
  const lines = Object.entries(settings).map(([name, value]) => `export ${name}='${value}'\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
}
