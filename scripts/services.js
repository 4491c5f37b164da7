// Private instances of what the bookshop runs on: MariaDB, memcached, php-fpm and nginx, on loopback and free
// ports, ended with the process that started them even when that is killed.

import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasApt } from './parts/apt.js';
import { serviceParts } from './parts/catalogue.js';
import { advice, findParts, MissingParts } from './parts.js';
import { chooseAccount } from './services/account.js';
import { lockDirectory } from './services/directory.js';
import { startMariadb } from './services/mariadb.js';
import { startMemcached } from './services/memcached.js';
import { startNginx } from './services/nginx.js';
import { startPhpFpm } from './services/php-fpm.js';

/** @typedef {'mariadb' | 'memcached' | 'php-fpm' | 'nginx'} ServiceName */

/**
 * @typedef {object} Options
 * @property {string} directory where the data lie, such as .banyan/demo
 * @property {ServiceName[]} [parts] what to start, with what it stands on; all of them by default
 * @property {boolean} [keep] false removes the directory at the end; true by default
 * @property {import('./parts.js').FoundParts} [found] the parts, if they were looked up already
 * @property {string} [root] the checkout whose legacy-fixtures are served; this one by default
 * @property {string[]} [mariadbOptions] further options of the database server, such as --ssl-cert=FILE
 * @property {(line: string) => void} [log]
 */

/**
 * @typedef {object} Services
 * @property {string} legacyUrl the bookshop, as nginx serves it
 * @property {string} mysqlUrl
 * @property {string} shadowMysqlUrl the same database through an account that may only SELECT
 * @property {string} memcacheUrl
 * @property {string} sessionUrl
 * @property {string} php the path of a php command that has the bookshop's extensions
 * @property {(name: ServiceName) => import('./services/service.js').Service} service
 * @property {() => Promise<void>} stop
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** @type {Record<ServiceName, ServiceName[]>} */
const STANDS_ON = {
  mariadb: [],
  memcached: [],
  'php-fpm': ['mariadb', 'memcached'],
  nginx: ['php-fpm', 'mariadb', 'memcached'],
};

/**
 * Starts the services and resolves once each has answered a real question.
 *
 * Reading a URL of a service that was not asked for throws.
 *
 * @param {Options} options
 * @returns {Promise<Services>}
 * @throws {MissingParts}
 * @throws {import('./services/directory.js').DirectoryInUse}
 */
export async function startServices({
  directory,
  parts: names,
  keep = true,
  found,
  root = ROOT,
  mariadbOptions = [],
  log = () => {},
}) {
  const wanted = withFoundations(names ?? ['nginx']);
  mkdirSync(dirname(resolve(directory)), { recursive: true });
  const account = chooseAccount([dirname(resolve(directory)), ...readByServices(root)]);
  const parts = found ?? (await find());
  const unlock = lockDirectory(resolve(directory), account);
  const place = { root, directory: realpathSync(directory), account, parts, log };
  const started = new Map();
  const stop = async () => {
    await Promise.all([...started.values()].map((service) => service.stop()));
    unlock();
    if (!keep) rmSync(place.directory, { recursive: true, force: true });
  };
  try {
    const password = await startInOrder(place, wanted, started, mariadbOptions);
    return describe(place, started, password, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Starts what stands alone side by side, then what stands on it.
 *
 * @param {import('./services/command.js').Place} place
 * @param {Set<ServiceName>} wanted
 * @param {Map<ServiceName, import('./services/service.js').Service>} started
 * @param {string[]} mariadbOptions
 * @returns {Promise<string>} the database's password
 */
async function startInOrder(place, wanted, started, mariadbOptions) {
  const starting = {
    mariadb: wanted.has('mariadb') ? startMariadb(place, mariadbOptions) : undefined,
    memcached: wanted.has('memcached') ? startMemcached(place) : undefined,
  };
  // Each is recorded as soon as it runs, so that the failure of one stops the other.
  const noted = [
    starting.mariadb?.then(({ service }) => started.set('mariadb', service)),
    starting.memcached?.then((service) => started.set('memcached', service)),
  ];
  const failed = (await Promise.allSettled(noted)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;

  const mariadb = await starting.mariadb;
  const memcached = await starting.memcached;
  if (mariadb !== undefined && memcached !== undefined && wanted.has('php-fpm')) {
    const database = { port: mariadb.service.port, password: mariadb.password };
    const fpm = await startPhpFpm(place, database, memcached.port);
    started.set('php-fpm', fpm);
    if (wanted.has('nginx')) started.set('nginx', await startNginx(place, fpm.port));
  }
  return mariadb?.password ?? '';
}

/**
 * @param {import('./services/command.js').Place} place
 * @param {Map<ServiceName, import('./services/service.js').Service>} started
 * @param {string} password
 * @param {() => Promise<void>} stop
 * @returns {Services}
 */
function describe(place, started, password, stop) {
  const service = (/** @type {ServiceName} */ name) => {
    const found = started.get(name);
    if (found === undefined) throw new Error(`${name} was not asked for`);
    return found;
  };
  const mysql = (/** @type {string} */ user) =>
    `mysql://${user}:${password}@127.0.0.1:${service('mariadb').port}/bookshop`;
  const memcache = () => `memcached://127.0.0.1:${service('memcached').port}`;
  return {
    get legacyUrl() {
      return `http://127.0.0.1:${service('nginx').port}`;
    },
    get mysqlUrl() {
      return mysql('bookshop');
    },
    get shadowMysqlUrl() {
      return mysql('bookshop_reader');
    },
    get memcacheUrl() {
      return memcache();
    },
    get sessionUrl() {
      return memcache();
    },
    php: place.parts.php?.tools.cli ?? 'php',
    service,
    stop,
  };
}

/** @param {ServiceName[]} names */
function withFoundations(names) {
  return new Set(names.flatMap((name) => [name, ...STANDS_ON[name]]));
}

async function find() {
  const { found, missing } = await findParts(serviceParts);
  if (missing.length > 0) throw new MissingParts(advice(missing, hasApt()));
  return found;
}

/** @param {string} root */
function readByServices(root) {
  const files = ['app', 'app/index.php', 'php.ini', 'php-fpm.conf', 'schema.sql', 'seed.sql'];
  return files.map((name) => join(root, 'legacy-fixtures', name));
}
