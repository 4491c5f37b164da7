// Whom the services run as: whoever starts them, except that root hands them to an unprivileged account
// where that account can read the checkout.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

/**
 * @typedef {object} Account
 * @property {string} name
 * @property {number} uid
 * @property {number} gid
 * @property {{ uid: number, gid: number } | {}} drop what a spawn must be told to become this account
 */

/**
 * Chooses the account. As root in a checkout that www-data cannot read (below /root, say), it stays root:
 * the services listen on loopback only, and moving the checkout is not ours to ask for.
 *
 * @param {string[]} mustRead files and directories that the services read
 * @returns {Account}
 */
export function chooseAccount(mustRead) {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  if (uid === 0) {
    const account = unprivileged();
    if (account !== undefined && mustRead.every((path) => canRead(account, path))) return account;
  }
  return { name: ownName(uid), uid, gid, drop: {} };
}

/** @returns {Account | undefined} */
function unprivileged() {
  const entries = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const wanted of ['www-data', 'nobody']) {
    const [name, , uid, gid] = entries.find((line) => line.startsWith(`${wanted}:`))?.split(':') ?? [];
    if (name === undefined) continue;
    const ids = { uid: Number(uid), gid: Number(gid) };
    return { name, ...ids, drop: ids };
  }
  return undefined;
}

/**
 * Asks the system rather than working permissions out.
 *
 * @param {Account} account
 * @param {string} path
 */
function canRead(account, path) {
  return spawnSync('test', ['-r', path], { cwd: '/', ...account.drop }).status === 0;
}

/** @param {number} uid */
function ownName(uid) {
  try {
    return userInfo().username;
  } catch {
    return String(uid);
  }
}
