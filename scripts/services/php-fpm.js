// A private php-fpm that runs the bookshop with the configuration that docker-compose.yml uses as well.

import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { commandFor, partOf } from './command.js';
import { readPid, startService } from './service.js';

/**
 * @param {import('./command.js').Place} place
 * @param {{ port: number, password: string }} database
 * @param {number} memcachedPort
 */
export function startPhpFpm(place, database, memcachedPort) {
  const part = partOf(place, 'php-fpm');
  const log = join(place.directory, 'php-fpm.log');
  const pidFile = join(place.directory, 'php-fpm.pid');
  const settings = phpSettings(place, database, memcachedPort);
  return startService({
    name: 'php-fpm',
    log,
    launch: (port) => {
      const args = [
        '--nodaemonize',
        '--force-stderr',
        '--fpm-config',
        join(place.root, 'legacy-fixtures/php-fpm.conf'),
      ];
      if (place.account.uid === 0) args.push('--allow-to-run-as-root');
      const env = { ...settings, BOOKSHOP_FPM_LISTEN: `127.0.0.1:${port}` };
      const command = commandFor(place, part, 'server', [...args, '--pid', pidFile], env);
      return { ...command, cwd: place.directory, log, graceMs: 3_000 };
    },
    // php-fpm writes its pid file once it listens; that PHP answers is seen through nginx.
    serves: async (_port, pid) => {
      const owner = readPid(pidFile);
      return owner !== undefined && (part.image !== undefined || owner === pid);
    },
  });
}

/**
 * Lays out what the bookshop reads from its environment, and php.ini where PHP scans for more settings.
 *
 * @param {import('./command.js').Place} place
 * @param {{ port: number, password: string }} database
 * @param {number} memcachedPort
 * @returns {Record<string, string>}
 */
export function phpSettings(place, database, memcachedPort) {
  const scanned = join(place.directory, 'php');
  mkdirSync(scanned, { recursive: true });
  copyFileSync(join(place.root, 'legacy-fixtures/php.ini'), join(scanned, '99-bookshop.ini'));
  return {
    // The empty first element stands for the directory that PHP was built to scan.
    PHP_INI_SCAN_DIR: `:${scanned}`,
    BOOKSHOP_USER: place.account.name,
    BOOKSHOP_DB_HOST: '127.0.0.1',
    BOOKSHOP_DB_PORT: `${database.port}`,
    BOOKSHOP_DB_NAME: 'bookshop',
    BOOKSHOP_DB_USER: 'bookshop',
    BOOKSHOP_DB_PASSWORD: database.password,
    BOOKSHOP_MEMCACHED: `127.0.0.1:${memcachedPort}`,
  };
}
