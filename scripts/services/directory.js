// The directory that one start of the services owns: locked while it runs, swept away afterwards if it was a
// test's.

import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Another live process uses the directory. */
export class DirectoryInUse extends Error {
  /**
   * @param {string} directory
   * @param {number} pid
   */
  constructor(directory, pid) {
    super(`${directory} is in use by process ${pid}`);
    this.pid = pid;
  }
}

/**
 * Takes a directory for this process, making it if need be.
 *
 * @param {string} directory
 * @param {{ uid: number, gid: number }} account who will write into it
 * @returns {() => void} gives it back
 * @throws {DirectoryInUse}
 */
export function lockDirectory(directory, account) {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    giveTo(directory, account);
    return takeLock(directory);
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(codeOf(error))) throw error;
    throw new Error(`${directory} cannot be written: another account made it. Remove it first.`);
  }
}

/** @param {string} directory */
function takeLock(directory) {
  const lock = join(directory, 'lock');
  for (;;) {
    try {
      writeFileSync(lock, identify(process.pid), { flag: 'wx' });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const owner = liveOwner(lock);
    if (owner !== undefined) throw new DirectoryInUse(directory, owner);
    rmSync(lock, { force: true });
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/**
 * Removes what test runs that were killed have left.
 *
 * @param {string} parent
 */
export function sweep(parent) {
  for (const name of readdirIfAny(parent)) {
    const directory = join(parent, name);
    const untouched = Date.now() - statSync(directory).mtimeMs > 60_000;
    if (name.startsWith('test-') && untouched && liveOwner(join(directory, 'lock')) === undefined) {
      rmSync(directory, { recursive: true, force: true });
    }
  }
}

/**
 * Hands over the directory and what an earlier start under another account left in it.
 *
 * @param {string} path
 * @param {{ uid: number, gid: number }} account
 */
function giveTo(path, account) {
  const status = statSync(path);
  if (status.uid !== account.uid) chownSync(path, account.uid, account.gid);
  if (!status.isDirectory() || status.uid === account.uid) return;
  for (const name of readdirSync(path)) giveTo(join(path, name), account);
}

/** @param {string} directory */
function readdirIfAny(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** @param {string} lock */
function liveOwner(lock) {
  if (!existsSync(lock)) return undefined;
  const content = readFileSync(lock, 'utf8');
  const pid = Number.parseInt(content, 10);
  return isAlive(pid) && content === identify(pid) ? pid : undefined;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Names a process for good: its id and, where the system tells, when it started.
 *
 * @param {number} pid
 */
function identify(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, a name in parentheses, may hold spaces; the start is the 22nd.
    return `${pid} ${status.slice(status.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return `${pid}`;
  }
}
