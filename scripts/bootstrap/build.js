// Building dist/ from src/, unless it is newer than everything it is made from.

import { chmodSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { succeeds } from './run.js';

const RESULT = 'dist/main.js';
const MADE_FROM = ['src', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/**
 * Builds where it is needed. What is `unused` may be newer than its build.
 *
 * @param {string} root
 * @param {{ log: (line: string) => void, signal?: AbortSignal | undefined, unused?: string }} options
 * @throws {Error} when the compiler finds a mistake; what it prints says which
 */
export async function ensureBuild(root, { log, signal, unused }) {
  if (isBuilt(root, unused)) return;
  log('Building (tsc).');
  const args = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'];
  if (await succeeds(process.execPath, args, { cwd: root, signal })) {
    // npm makes the command executable when it links it, which may have been before this build.
    chmodSync(join(root, RESULT), 0o755);
    return;
  }
  // tsc writes its output in spite of mistakes; the next start must not take that for a build.
  rmSync(join(root, RESULT), { force: true });
  throw new Error('the build failed');
}

/**
 * @param {string} root
 * @param {string} [unused]
 */
export function isBuilt(root, unused) {
  const result = join(root, RESULT);
  if (!existsSync(result)) return false;
  const skipped = unused && join(root, unused);
  return Math.max(...MADE_FROM.map((name) => newest(join(root, name), skipped))) <= statSync(result).mtimeMs;
}

/**
 * Finds the latest change in a tree; a directory's own time tells of removed files.
 *
 * @param {string} path
 * @param {string} [skipped]
 * @returns {number} in milliseconds, 0 for what does not exist
 */
function newest(path, skipped) {
  const status = path === skipped ? undefined : statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return 0;
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(status.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name), skipped)));
}
