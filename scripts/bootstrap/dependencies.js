// Installing the npm packages that package-lock.json names, unless exactly those are there.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { succeeds } from './run.js';

/**
 * @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} Lockfile
 */

/**
 * Runs `npm ci` where node_modules does not match the lockfile.
 *
 * @param {string} root
 * @param {{ log: (line: string) => void, signal?: AbortSignal | undefined }} options
 * @throws {Error} when npm fails
 */
export async function ensureDependencies(root, { log, signal }) {
  const wanted = read(join(root, 'package-lock.json'));
  // npm writes this one last, so an interrupted installation has none.
  const present = read(join(root, 'node_modules/.package-lock.json'));
  if (wanted !== undefined && present !== undefined && matches(wanted, present)) return;
  log('Installing the npm packages (npm ci).');
  // npm alone gets the whole environment: proxies, certificates and registries are set there.
  const env = /** @type {Record<string, string>} */ ({ ...process.env, NODE_ENV: 'development' });
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  if (!(await succeeds('npm', args, { cwd: root, env, signal }))) throw new Error('npm ci failed');
}

/**
 * Says whether what npm installed is what the lockfile asks for; packages for other systems may be absent.
 *
 * @param {Lockfile} wanted
 * @param {Lockfile} present
 */
export function matches(wanted, present) {
  return Object.entries(wanted.packages ?? {}).every(([path, locked]) => {
    const installed = present.packages?.[path];
    if (path === '' || (installed === undefined && locked.optional === true)) return true;
    return installed?.version === locked.version;
  });
}

/**
 * @param {string} file
 * @returns {Lockfile | undefined}
 */
function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
