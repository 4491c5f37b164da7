// nginx in front of an upstream, as a neighbour of nginx would set it up: connections kept alive to the
// upstream, the usual forwarding fields, no buffering to disk; bare, or with the benchmark's table.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeDirectory, startServer } from '../place.js';
import { nginxTable } from '../table.js';
import { nginxConfiguration, TUNNEL } from './nginx-configuration.js';

/**
 * Starts nginx as a reverse proxy.
 *
 * @param {import('../place.js').Place} place
 * @param {string} program
 * @param {number} upstream a port
 * @param {{ routes: boolean }} options whether it has the table
 */
export function startNginxProxy(place, program, upstream, { routes }) {
  const directory = makeDirectory(place, 'nginx-proxy');
  return startServer(place, 'nginx-proxy', (port) => {
    const file = join(directory, 'nginx.conf');
    writeFileSync(file, nginxConfiguration(directory, serverBlocks(port, upstream, routes)));
    return {
      name: 'nginx-proxy',
      core: 'subject',
      command: program,
      args: ['-p', `${directory}/`, '-c', file],
    };
  });
}

/**
 * @param {number} port
 * @param {number} upstream
 * @param {boolean} routes
 */
function serverBlocks(port, upstream, routes) {
  const { maps, locations } = routes ? nginxTable('legacy') : { maps: '', locations: '' };
  return `${maps}
  upstream legacy { server 127.0.0.1:${upstream}; keepalive 256; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Host $http_host;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_max_temp_file_size 0;
    location / { proxy_pass http://legacy; }
${locations}
    location = /echo {
      proxy_pass http://legacy;
${TUNNEL}
    }
  }`;
}
