// HAProxy with one thread, connections kept alive on both sides (its default), no log; as it comes, or with the
// benchmark's table.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeDirectory, startServer } from '../place.js';
import { haproxyTable } from '../table.js';

/**
 * Starts HAProxy.
 *
 * @param {import('../place.js').Place} place
 * @param {string} program
 * @param {number} upstream a port
 * @param {{ routes: boolean }} options whether it has the table
 */
export function startHaproxy(place, program, upstream, { routes }) {
  const directory = makeDirectory(place, 'haproxy');
  const file = join(directory, 'haproxy.cfg');
  const rules = routes ? writeTable(directory) : '';
  return startServer(place, 'haproxy', (port) => {
    writeFileSync(file, configuration(port, upstream, rules));
    return { name: 'haproxy', core: 'subject', command: program, args: ['-db', '-q', '-f', file] };
  });
}

/**
 * Writes the map files.
 *
 * @param {string} directory
 * @returns {string} the rules that read them
 */
function writeTable(directory) {
  const { paths, pages } = haproxyTable('legacy');
  const files = { paths: join(directory, 'paths.map'), pages: join(directory, 'pages.map') };
  writeFileSync(files.paths, paths);
  writeFileSync(files.pages, pages);
  return `  use_backend %[urlp(page),map_str("${files.pages}",legacy)] if { path /index.php }
  use_backend %[path,map_beg("${files.paths}",legacy)]
`;
}

/**
 * @param {number} port
 * @param {number} upstream
 * @param {string} rules
 */
function configuration(port, upstream, rules) {
  return `global
  nbthread 1
  maxconn 3000
defaults
  mode http
  timeout connect 3s
  timeout client 60s
  timeout server 60s
  timeout tunnel 60s
  option forwardfor
frontend visitors
  bind 127.0.0.1:${port}
  http-request set-header X-Forwarded-Host %[req.hdr(Host)]
  http-request set-header X-Forwarded-Proto http
${rules}  default_backend legacy
backend legacy
  server legacy 127.0.0.1:${upstream}
`;
}
