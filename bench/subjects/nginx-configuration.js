// nginx.conf around server blocks: one worker, no access log, connections that are never closed for their age.

import { join } from 'node:path';

const TEMPORARY = ['client_body', 'fastcgi', 'proxy', 'scgi', 'uwsgi'];

/** What lets a location pass a WebSocket on. */
export const TUNNEL = `      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;`;

/**
 * Writes a whole configuration; every file that nginx writes lies in its directory.
 *
 * @param {string} directory
 * @param {string} blocks what stands in http { }
 */
export function nginxConfiguration(directory, blocks) {
  const quoted = (/** @type {string} */ name) => `"${join(directory, name)}"`;
  return `daemon off;
worker_processes 1;
worker_rlimit_nofile 8192;
pid ${quoted('nginx.pid')};
error_log stderr error;
events { worker_connections 4096; }
http {
${TEMPORARY.map((name) => `  ${name}_temp_path ${quoted(name)};`).join('\n')}
  access_log off;
  sendfile on;
  tcp_nodelay on;
  tcp_nopush on;
  keepalive_requests 100000000;
  keepalive_timeout 300s;
${blocks}
}
`;
}
