// The programs that the bookshop and its tests need, each described by what it must be able to do.
// A new part (say redis-server) is one more entry here.

import { fails, output } from './probe.js';

/**
 * @typedef {object} Part
 * @property {string} does what a candidate must be able to do, in words for whoever has to provide it
 * @property {Record<string, RegExp>} tools the programs it consists of, by the names their files go by
 * @property {(tools: Record<string, string>) => Promise<string | undefined>} lacks
 *   what the found programs cannot do, or undefined when they will do
 * @property {string[]} packages Debian and Ubuntu packages that provide it
 * @property {{ image: string, build?: { context: string, file: string }, tools: Record<string, string> }} [docker]
 *   the image that serves in its place, and its programs' names there
 */

const PHP_EXTENSIONS = ['memcached', 'mysqli', 'session', 'mbstring'];

const PHP_IMAGE = {
  image: 'banyan-bookshop-php',
  build: { context: 'legacy-fixtures', file: 'legacy-fixtures/docker/php/Dockerfile' },
};

/** @type {Record<string, Part>} */
export const catalogue = {
  mariadb: {
    does: 'MariaDB: a server, a client and mariadb-install-db',
    tools: {
      server: /^(mariadbd|mysqld)$/,
      client: /^(mariadb|mysql)$/,
      install: /^(mariadb-install-db|mysql_install_db)$/,
    },
    lacks: async ({ server = '' }) =>
      (await output(server, ['--version'])).includes('MariaDB') ? undefined : 'it is not MariaDB',
    packages: ['mariadb-server'],
    docker: {
      image: 'mariadb:10.11',
      tools: { server: 'mariadbd', client: 'mariadb', install: 'mariadb-install-db' },
    },
  },
  memcached: {
    does: 'memcached 1.5 or later',
    tools: { server: /^memcached$/ },
    lacks: ({ server = '' }) => fails(server, ['-V']),
    packages: ['memcached'],
    docker: { image: 'memcached:1.6', tools: { server: 'memcached' } },
  },
  'php-fpm': {
    does: `php-fpm 8 with the extensions ${PHP_EXTENSIONS.join(', ')}`,
    tools: { server: /^php-fpm[\d.]*$/ },
    lacks: ({ server = '' }) => lacksExtensions(server),
    packages: ['php-fpm', 'php-memcached', 'php-mysql', 'php-mbstring'],
    docker: { ...PHP_IMAGE, tools: { server: 'php-fpm' } },
  },
  php: {
    does: `the php command, version 8, with the extensions ${PHP_EXTENSIONS.join(', ')}`,
    tools: { cli: /^php[\d.]*$/ },
    lacks: ({ cli = '' }) => lacksExtensions(cli),
    packages: ['php-cli', 'php-memcached', 'php-mysql', 'php-mbstring'],
    docker: { ...PHP_IMAGE, tools: { cli: 'php' } },
  },
  'php-redis': {
    does: 'the php command, version 8, with the extension redis',
    tools: { cli: /^php[\d.]*$/ },
    lacks: ({ cli = '' }) => lacksExtensions(cli, ['redis']),
    packages: ['php-cli', 'php-redis'],
  },
  'php-memcache': {
    does: 'the php command, version 8, with the extension memcache (without a d)',
    tools: { cli: /^php[\d.]*$/ },
    lacks: ({ cli = '' }) => lacksExtensions(cli, ['memcache']),
    packages: ['php-cli', 'php-memcache'],
  },
  'php-igbinary': {
    does: 'the php command, version 8, with the extensions igbinary and msgpack',
    tools: { cli: /^php[\d.]*$/ },
    lacks: ({ cli = '' }) => lacksExtensions(cli, ['igbinary', 'msgpack']),
    packages: ['php-cli', 'php-igbinary', 'php-msgpack'],
  },
  redis: {
    does: 'redis-server 6 or later',
    tools: { server: /^redis-server$/ },
    lacks: ({ server = '' }) => fails(server, ['--version']),
    packages: ['redis-server'],
  },
  nginx: {
    does: 'nginx 1.18 or later',
    tools: { server: /^nginx$/ },
    lacks: ({ server = '' }) => fails(server, ['-v']),
    packages: ['nginx'],
    docker: { image: 'nginx:1.26', tools: { server: 'nginx' } },
  },
  chromium: {
    does: 'Chromium or Chrome, for the browser tests',
    tools: { browser: /^(chromium|chromium-browser|google-chrome|google-chrome-stable)$/ },
    // Ubuntu's chromium-browser without its snap prints advice instead of a version.
    lacks: async ({ browser = '' }) =>
      /^(Chromium|Google Chrome) \d+/m.test(await output(browser, ['--version']))
        ? undefined
        : 'it does not start',
    packages: ['chromium'],
  },
  slowhttptest: {
    does: 'slowhttptest, which plays the visitors who send and read as slowly as they can',
    tools: { attacker: /^slowhttptest$/ },
    // Its help ends with 1.
    lacks: async ({ attacker = '' }) =>
      (await output(attacker, ['-h'])).includes('Slow Read') ? undefined : 'it does not start',
    packages: ['slowhttptest'],
  },
};

/** What single tests need besides; without one of these, its tests fail and all others still run. */
export const testParts = ['chromium', 'slowhttptest', 'redis', 'php-redis', 'php-memcache', 'php-igbinary'];

/** The parts that the running bookshop needs. */
export const serviceParts = ['mariadb', 'memcached', 'php-fpm', 'php', 'nginx'];

/**
 * @param {string} php
 * @param {string[]} [extensions]
 */
async function lacksExtensions(php, extensions = PHP_EXTENSIONS) {
  const listing = await output(php, ['-m']);
  const version = await output(php, ['-v']);
  if (!/^PHP ([89]|\d\d)\./m.test(version)) return 'it is not PHP 8';
  const present = new Set(listing.toLowerCase().split(/\s+/));
  const absent = extensions.filter((extension) => !present.has(extension));
  return absent.length === 0 ? undefined : `it lacks ${absent.join(', ')}`;
}
