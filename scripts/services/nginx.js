// A private nginx in front of php-fpm: the server block is the bookshop's own template, the rest of
// nginx.conf keeps every file that nginx writes inside the data directory.

import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { commandFor, partOf } from './command.js';
import { readPid, startService } from './service.js';

const TEMPORARY = ['client_body', 'fastcgi', 'proxy', 'scgi', 'uwsgi'];

/**
 * @param {import('./command.js').Place} place
 * @param {number} fpmPort
 */
export function startNginx(place, fpmPort) {
  const part = partOf(place, 'nginx');
  const directory = join(place.directory, 'nginx');
  const log = join(place.directory, 'nginx.log');
  mkdirSync(directory, { recursive: true });
  chownSync(directory, place.account.uid, place.account.gid);
  return startService({
    name: 'nginx',
    log,
    launch: (port) => {
      writeConfiguration(place, directory, port, fpmPort);
      const args = ['-p', `${directory}/`, '-c', join(directory, 'nginx.conf')];
      return { ...commandFor(place, part, 'server', args), cwd: place.directory, log, graceMs: 2_000 };
    },
    serves: async (port, pid) => {
      const owner = readPid(join(directory, 'nginx.pid'));
      if (owner === undefined || (part.image === undefined && owner !== pid)) return false;
      return answers(port);
    },
  });
}

/**
 * Asks nginx for a page that PHP makes. A page with an error is an answer: this is about nginx, and a test may
 * start it while MariaDB is stopped.
 *
 * @param {number} port
 */
async function answers(port) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {import('./command.js').Place} place
 * @param {string} directory
 * @param {number} port
 * @param {number} fpmPort
 */
function writeConfiguration(place, directory, port, fpmPort) {
  const template = readFileSync(join(place.root, 'legacy-fixtures/nginx.conf.template'), 'utf8');
  const server = renderTemplate(template, {
    BOOKSHOP_LISTEN: `127.0.0.1:${port}`,
    BOOKSHOP_FPM: `127.0.0.1:${fpmPort}`,
    BOOKSHOP_ROOT: join(place.root, 'legacy-fixtures/app'),
  });
  const user = place.account.uid === 0 ? 'root' : undefined;
  writeFileSync(join(directory, 'nginx.conf'), configuration(directory, server, user));
}

/**
 * Replaces `${NAME}` for the names given, and nothing else: nginx has variables of its own.
 *
 * @param {string} template
 * @param {Record<string, string>} values
 * @throws {Error} when the template asks for a BOOKSHOP_ variable that has no value
 */
export function renderTemplate(template, values) {
  return template.replace(/\$\{(BOOKSHOP_[A-Z_]+)\}/g, (_whole, name) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nginx.conf.template: \${${name}} has no value`);
    return value;
  });
}

/**
 * @param {string} directory
 * @param {string} server
 * @param {string | undefined} user
 */
function configuration(directory, server, user) {
  const quoted = (/** @type {string} */ name) => `"${join(directory, name)}"`;
  return `${user === undefined ? '' : `user ${user};\n`}daemon off;
worker_processes 1;
pid ${quoted('nginx.pid')};
lock_file ${quoted('nginx.lock')};
error_log stderr warn;
events { worker_connections 1024; }
http {
${TEMPORARY.map((name) => `  ${name}_temp_path ${quoted(name)};`).join('\n')}
  access_log ${quoted('access.log')};
  tcp_nodelay on;
${server}
}
`;
}
