// What every subject stands in front of: one nginx that answers 2 KiB, takes uploads, serves 1 MiB, and leads
// to a WebSocket echo.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { makeDirectory, startServer } from './place.js';
import { page } from './servers/page.js';
import { nginxConfiguration, TUNNEL } from './subjects/nginx-configuration.js';

const ECHO = fileURLToPath(new URL('./servers/echo.js', import.meta.url));

/**
 * Starts the upstream.
 *
 * @param {import('./place.js').Place} place
 * @param {string} nginx the path of the program
 * @returns {Promise<{ port: number, stop: () => Promise<void> }>}
 */
export async function startUpstream(place, nginx) {
  const directory = makeDirectory(place, 'upstream');
  writeFileSync(join(directory, 'large'), Buffer.alloc(1 << 20, 'banyan '));
  const echo = await startServer(place, 'echo', (port) => ({
    name: 'echo',
    core: 'load',
    command: process.execPath,
    args: [ECHO],
    env: { PORT: String(port) },
  }));
  const server = await startServer(place, 'upstream', (port) => {
    const file = join(directory, 'nginx.conf');
    writeFileSync(file, nginxConfiguration(directory, serverBlocks(directory, port, echo.port)));
    return { name: 'upstream', core: 'load', command: nginx, args: ['-p', `${directory}/`, '-c', file] };
  });
  const stop = async () => {
    await Promise.all([server.stop(), echo.stop()]);
  };
  return { port: server.port, stop };
}

/**
 * `return` would answer an upload before it has been read; that passes through a proxy to ourselves instead.
 *
 * @param {string} directory
 * @param {number} port
 * @param {number} echoPort
 */
function serverBlocks(directory, port, echoPort) {
  return `  upstream self { server 127.0.0.1:${port}; keepalive 64; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    default_type text/html;
    location / { return 200 "${page()}"; }
    location = /large { root "${directory}"; }
    location = /upload {
      client_body_buffer_size 64k;
      proxy_pass http://self/uploaded;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Content-Length "";
      proxy_method GET;
      proxy_pass_request_body off;
    }
    location = /echo {
      proxy_pass http://127.0.0.1:${echoPort};
${TUNNEL}
    }
  }`;
}
