// The data of a private MariaDB: where they lie, how they are made, how the bookshop gets into them.

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

import { output } from '../parts/probe.js';
import { commandFor, partOf } from './command.js';

/** @typedef {import('./command.js').Place} Place */

export const LOG_SIZE = '--innodb-log-file-size=16M';
const SOCKET_PATH_LIMIT = 100;

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
 * @param {Place} place
 * @returns {Promise<Database>}
 */
export async function locate(place) {
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
export function marker({ place }) {
  return join(place.directory, 'mariadb.loaded');
}

/** @param {Database} database */
export function loadedFingerprint(database) {
  return existsSync(marker(database)) ? readFileSync(marker(database), 'utf8') : undefined;
}

/** @param {Database} database */
export async function install(database) {
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

/**
 * Writes the accounts, as statements that may run at every start: the server executes them before it listens.
 *
 * @param {Database} database
 */
export function writeInitFile({ place, password }) {
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

/** @param {Database} database */
export async function load(database) {
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
export function finish({ place, password }, tool, args, input) {
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
