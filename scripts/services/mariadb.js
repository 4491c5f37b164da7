// A private MariaDB with the bookshop's database, made anew whenever the schema, the seed or the server
// changes, and otherwise used again as it was left.

import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { output } from '../parts/probe.js';
import { commandFor, partOf } from './command.js';
import { readPid, startService } from './service.js';

/** @typedef {import('./command.js').Place} Place */

const LOG_SIZE = '--innodb-log-file-size=16M';
const SOCKET_PATH_LIMIT = 100;
const PREVIOUS_ENDS_WITHIN_MS = 20_000;

/**
 * @typedef {object} Database
 * @property {Place} place
 * @property {string} directory MariaDB's data
 * @property {string} socket
 * @property {string} pidFile
 * @property {string} password one for all accounts of this data directory
 * @property {string} fingerprint of the schema, the seed and the server
 */

/**
 * Starts MariaDB and loads the bookshop where it is not there yet.
 *
 * @param {Place} place
 * @returns {Promise<{ service: import('./service.js').Service, password: string }>}
 */
export async function startMariadb(place) {
  const database = await locate(place);
  await previousHasEnded(database);
  if (!existsSync(marker(database))) await install(database);
  try {
    return await startLoaded(database);
  } catch (error) {
    place.log(`The database of an earlier start is of no use and is made anew. ${error}`);
    await install(database);
    return startLoaded(database);
  }
}

/** @param {Database} database */
async function startLoaded(database) {
  const service = await serve(database);
  try {
    if (loadedFingerprint(database) !== database.fingerprint) await load(database);
  } catch (error) {
    await service.stop();
    throw error;
  }
  return { service, password: database.password };
}

/**
 * @param {Place} place
 * @returns {Promise<Database>}
 */
async function locate(place) {
  const directory = join(place.directory, 'mariadb');
  const { image, tools } = partOf(place, 'mariadb');
  const server = image ?? (await output(tools.server ?? '', ['--version']));
  const files = sources(place).map((file) => readFileSync(file));
  const digest = createHash('sha256').update(server);
  for (const file of files) digest.update(file);
  return {
    place,
    directory,
    socket: socketPath(place),
    pidFile: join(place.directory, 'mariadb.pid'),
    password: passwordIn(place.directory),
    fingerprint: digest.digest('hex'),
  };
}

/** @param {Place} place */
function sources({ root }) {
  return ['schema.sql', 'seed.sql'].map((name) => join(root, 'legacy-fixtures', name));
}

/**
 * A socket's path must fit into 107 bytes; a checkout may lie deeper than that.
 *
 * @param {Place} place
 */
function socketPath({ directory, account }) {
  const path = join(directory, 'mariadb.sock');
  if (Buffer.byteLength(path) <= SOCKET_PATH_LIMIT) return path;
  const short = mkdtempSync(join(tmpdir(), 'banyan-'));
  chownSync(short, account.uid, account.gid);
  process.on('exit', () => rmSync(short, { recursive: true, force: true }));
  return join(short, 'mariadb.sock');
}

/** @param {string} directory */
function passwordIn(directory) {
  const file = join(directory, 'mariadb.password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

/** @param {Database} database */
function marker({ place }) {
  return join(place.directory, 'mariadb.loaded');
}

/** @param {Database} database */
function loadedFingerprint(database) {
  return existsSync(marker(database)) ? readFileSync(marker(database), 'utf8') : undefined;
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

/** @param {Database} database */
async function install(database) {
  const { place, directory } = database;
  rmSync(marker(database), { force: true });
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { mode: 0o700 });
  chownSync(directory, place.account.uid, place.account.gid);
  const args = ['--no-defaults', `--datadir=${directory}`, LOG_SIZE, '--skip-name-resolve', '--skip-test-db'];
  const asRoot = place.account.uid === 0 ? ['--user=root'] : [];
  // The account without a password never meets a connection: the init file sets one before the server listens.
  await finish(database, 'install', [...args, ...asRoot, '--auth-root-authentication-method=normal']);
}

/** @param {Database} database */
function serve(database) {
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
 * Writes the accounts, as statements that may run at every start: the server executes them before it listens.
 *
 * @param {Database} database
 */
function writeInitFile({ place, password }) {
  const file = join(place.directory, 'mariadb.init.sql');
  const accounts = ['bookshop', 'bookshop_reader'].flatMap((name) => [
    `CREATE USER IF NOT EXISTS '${name}'@'%';`,
    `ALTER USER '${name}'@'%' IDENTIFIED BY '${password}';`,
  ]);
  const statements = [
    "DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost');",
    'FLUSH PRIVILEGES;',
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';`,
    'CREATE DATABASE IF NOT EXISTS bookshop;',
    ...accounts,
    "GRANT ALL ON bookshop.* TO 'bookshop'@'%';",
    "GRANT SELECT ON bookshop.* TO 'bookshop_reader'@'%';",
  ];
  writeFileSync(file, `${statements.join('\n')}\n`, { mode: 0o600 });
  chownSync(file, place.account.uid, place.account.gid);
  return file;
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

/** @param {Database} database */
async function load(database) {
  database.place.log('Loading the bookshop into MariaDB.');
  rmSync(marker(database), { force: true });
  const root = ['--no-defaults', `--socket=${database.socket}`, '--user=root'];
  const create = 'DROP DATABASE IF EXISTS bookshop; CREATE DATABASE bookshop CHARACTER SET utf8mb4';
  await finish(database, 'client', [...root, `--execute=${create}`]);
  for (const file of sources(database.place)) {
    await finish(database, 'client', [...root, '--default-character-set=utf8mb4', 'bookshop'], file);
  }
  writeFileSync(marker(database), database.fingerprint);
}

/**
 * Runs one of MariaDB's programs to its end.
 *
 * @param {Database} database
 * @param {string} tool
 * @param {string[]} args
 * @param {string} [input] a file for its standard input
 * @returns {Promise<void>}
 */
function finish({ place, password }, tool, args, input) {
  const {
    command,
    args: all,
    ...options
  } = commandFor(place, partOf(place, 'mariadb'), tool, args, {
    MYSQL_PWD: password,
  });
  return new Promise((resolve, reject) => {
    const child = execFile(command, all, { ...options, cwd: place.directory }, (error, _stdout, stderr) =>
      error === null ? resolve() : reject(new Error(`${command} failed: ${stderr.trim() || error.message}`)),
    );
    child.stdin?.on('error', () => {});
    if (input === undefined) child.stdin?.end();
    else if (child.stdin !== null) createReadStream(input).pipe(child.stdin);
  });
}
