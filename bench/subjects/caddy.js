// Caddy's reverse_proxy as it comes, its admin endpoint off. It sets the forwarding fields by itself.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeDirectory, startServer } from '../place.js';

/**
 * Starts Caddy.
 *
 * @param {import('../place.js').Place} place
 * @param {string} program
 * @param {number} upstream a port
 */
export function startCaddy(place, program, upstream) {
  const file = join(makeDirectory(place, 'caddy'), 'Caddyfile');
  return startServer(place, 'caddy', (port) => {
    writeFileSync(file, configuration(port, upstream));
    const args = ['run', '--config', file, '--adapter', 'caddyfile'];
    return { name: 'caddy', core: 'subject', command: program, args, env: { GOMAXPROCS: '1' } };
  });
}

/**
 * @param {number} port
 * @param {number} upstream
 */
function configuration(port, upstream) {
  return `{
  admin off
  auto_https off
}
http://:${port} {
  bind 127.0.0.1
  reverse_proxy 127.0.0.1:${upstream}
}
`;
}
