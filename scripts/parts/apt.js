// Installing parts from Debian's and Ubuntu's packages, without starting any system service.

import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';

const LISTS = '/var/lib/apt/lists';
const POLICY = '/usr/sbin/policy-rc.d';
const SAVED_POLICY = '/usr/sbin/policy-rc.d.before-banyan';
const ENABLED = '/etc/systemd/system/multi-user.target.wants';
const DENY =
  '#!/bin/sh\n# Placed by Banyan for the length of one installation: nothing may start.\nexit 101\n';
const LISTS_MAX_AGE_MS = 7 * 24 * 3_600_000;

/** Says whether packages can be had from apt here: Debian, Ubuntu and what derives from them. */
export function hasApt(osRelease = readOsRelease()) {
  return /^(ID|ID_LIKE)=.*\b(debian|ubuntu)\b/m.test(osRelease) && existsSync('/usr/bin/apt-get');
}

function readOsRelease() {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
}

/**
 * Builds the apt-get arguments that install packages; waits for another apt's lock up to two minutes.
 *
 * @param {string[]} packages
 */
export function installArguments(packages) {
  const settings = ['DPkg::Lock::Timeout=120', 'Dpkg::Options::=--force-confold', 'Dpkg::Use-Pty=0'];
  const options = settings.flatMap((setting) => ['-o', setting]);
  return ['install', '-y', '--no-install-recommends', '-qq', ...options, ...packages];
}

/**
 * Words the command for a person to type.
 *
 * @param {string[]} packages
 */
export function installCommand(packages) {
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Installs packages as root; apt's own output goes to standard error.
 *
 * @param {string[]} packages
 * @returns {Promise<boolean>} whether apt succeeded
 */
export async function install(packages) {
  if (!listsAreFresh()) await update();
  return withoutStartingServices(async () => {
    if (await aptGet(installArguments(packages))) return true;
    await update();
    return aptGet(installArguments(packages));
  });
}

function listsAreFresh() {
  if (!existsSync(LISTS)) return false;
  const ages = readdirSync(LISTS)
    .filter((name) => name.includes('_Packages'))
    .map((name) => Date.now() - statSync(`${LISTS}/${name}`).mtimeMs);
  return ages.length > 0 && Math.min(...ages) < LISTS_MAX_AGE_MS;
}

/** Updates the lists; DPkg::Lock::Timeout does not cover their lock, so a refusal is tried again. */
async function update() {
  for (let attempt = 0; attempt < 12; attempt += 1) {
    if (await aptGet(['update', '-qq'])) return;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
}

/**
 * Denies every start of a service (invoke-rc.d asks policy-rc.d) while `work` runs, then puts back what was there.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withoutStartingServices(work) {
  restorePolicy();
  if (existsSync(POLICY)) renameSync(POLICY, SAVED_POLICY);
  writeFileSync(POLICY, DENY);
  chmodSync(POLICY, 0o755);
  const enabledBefore = new Set(enabledUnits());
  try {
    return await work();
  } finally {
    // Nor at the next boot: this link is what `systemctl enable` made.
    for (const unit of enabledUnits()) if (!enabledBefore.has(unit)) rmSync(`${ENABLED}/${unit}`);
    if (isOurs()) rmSync(POLICY, { force: true });
    restorePolicy();
  }
}

function enabledUnits() {
  return existsSync(ENABLED) ? readdirSync(ENABLED) : [];
}

/** Puts a saved policy back, also one left behind by an installation that was killed. */
function restorePolicy() {
  if (existsSync(SAVED_POLICY)) renameSync(SAVED_POLICY, POLICY);
  else if (isOurs()) rmSync(POLICY);
}

function isOurs() {
  return existsSync(POLICY) && readFileSync(POLICY, 'utf8') === DENY;
}

/**
 * @param {string[]} args
 * @returns {Promise<boolean>}
 */
function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' };
  // In a session of its own: Ctrl-C must not reach dpkg halfway through a package.
  const child = spawn('apt-get', args, { stdio: ['ignore', 2, 2], env, detached: true });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}
