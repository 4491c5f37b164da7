// A private MariaDB with the bookshop's database, made anew whenever the schema, the seed or the server
// changes, and otherwise used again as it was left.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { commandFor, partOf } from './command.js';
import {
  finish,
  install,
  LOG_SIZE,
  load,
  loadedFingerprint,
  locate,
  marker,
  writeInitFile,
} from './mariadb-data.js';
import { readPid, startService } from './service.js';

/** @typedef {import('./command.js').Place} Place */
/** @typedef {import('./mariadb-data.js').Database} Database */

const PREVIOUS_ENDS_WITHIN_MS = 20_000;

/**
 * Starts MariaDB and loads the bookshop where it is not there yet.
 *
 * @param {Place} place
 * @param {string[]} options further options of the server
 * @returns {Promise<{ service: import('./service.js').Service, password: string }>}
 */
export async function startMariadb(place, options) {
  const database = await locate(place);
  await previousHasEnded(database);
  if (!existsSync(marker(database))) await install(database);
  try {
    return await startLoaded(database, options);
  } catch (error) {
    place.log(`The database of an earlier start is of no use and is made anew. ${error}`);
    await install(database);
    return startLoaded(database, options);
  }
}

/**
 * @param {Database} database
 * @param {string[]} options
 */
async function startLoaded(database, options) {
  const service = await serve(database, options);
  try {
    if (loadedFingerprint(database) !== database.fingerprint) await load(database);
  } catch (error) {
    await service.stop();
    throw error;
  }
  return { service, password: database.password };
}

/**
 * Waits for a server of an earlier start whose parent was killed: its supervisor is just ending it.
 *
 * @param {Database} database
 */
async function previousHasEnded({ pidFile, directory }) {
  const deadline = Date.now() + PREVIOUS_ENDS_WITHIN_MS;
  const pid = readPid(pidFile);
  while (pid !== undefined && serves(pid, directory)) {
    if (Date.now() > deadline) throw new Error(`process ${pid} still uses ${directory}; end it first`);
    await delay(100);
  }
  rmSync(pidFile, { force: true });
}

/**
 * @param {number} pid
 * @param {string} directory
 */
function serves(pid, directory) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--datadir=${directory}\0`);
  } catch {
    return false;
  }
}

/**
 * @param {Database} database
 * @param {string[]} options
 */
function serve(database, options) {
  const { place, directory, socket, pidFile } = database;
  const part = partOf(place, 'mariadb');
  const log = join(place.directory, 'mariadb.log');
  const fixed = [
    '--no-defaults',
    `--datadir=${directory}`,
    `--socket=${socket}`,
    `--pid-file=${pidFile}`,
    `--init-file=${writeInitFile(database)}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    '--skip-log-bin',
    '--performance-schema=OFF',
    '--innodb-buffer-pool-size=64M',
    '--innodb-flush-log-at-trx-commit=2',
    LOG_SIZE,
    '--max-connections=200',
    ...(place.account.uid === 0 ? ['--user=root'] : []),
    ...options,
  ];
  return startService({
    name: 'mariadb',
    log,
    launch: (port) => ({
      ...commandFor(place, part, 'server', [...fixed, `--port=${port}`]),
      cwd: place.directory,
      log,
      graceMs: 10_000,
    }),
    serves: async (port, pid) => {
      const owner = readPid(pidFile);
      if (owner === undefined || (part.image === undefined && owner !== pid)) return false;
      return selectsOne(database, port);
    },
  });
}

/**
 * @param {Database} database
 * @param {number} port
 */
async function selectsOne(database, port) {
  const where = ['--protocol=tcp', '--host=127.0.0.1', `--port=${port}`, '--user=bookshop', 'bookshop'];
  return finish(database, 'client', ['--no-defaults', ...where, '--execute=SELECT 1']).then(
    () => true,
    () => false,
  );
}
