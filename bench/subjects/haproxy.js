// HAProxy with one thread, connections kept alive on both sides (its default), no log.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeDirectory, startServer } from '../place.js';

/**
 * Starts HAProxy.
 *
 * @param {import('../place.js').Place} place
 * @param {string} program
 * @param {number} upstream a port
 */
export function startHaproxy(place, program, upstream) {
  const file = join(makeDirectory(place, 'haproxy'), 'haproxy.cfg');
  return startServer(place, 'haproxy', (port) => {
    writeFileSync(file, configuration(port, upstream));
    return { name: 'haproxy', core: 'subject', command: program, args: ['-db', '-q', '-f', file] };
  });
}

/**
 * @param {number} port
 * @param {number} upstream
 */
function configuration(port, upstream) {
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
  default_backend legacy
backend legacy
  server legacy 127.0.0.1:${upstream}
`;
}
