// Caddy's reverse_proxy, its admin endpoint off: as it comes, or with the benchmark's table and its metrics on.
// It sets the forwarding fields by itself.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeDirectory, startServer } from '../place.js';
import { caddyTable } from '../table.js';

/**
 * Starts Caddy.
 *
 * @param {import('../place.js').Place} place
 * @param {string} program
 * @param {number} upstream a port
 * @param {{ routes: boolean }} options whether it has the table
 */
export function startCaddy(place, program, upstream, { routes }) {
  const file = join(makeDirectory(place, 'caddy'), 'Caddyfile');
  const address = `127.0.0.1:${upstream}`;
  return startServer(place, 'caddy', (port) => {
    writeFileSync(file, routes ? withTable(port, address) : bare(port, address));
    const args = ['run', '--config', file, '--adapter', 'caddyfile'];
    return { name: 'caddy', core: 'subject', command: program, args, env: { GOMAXPROCS: '1' } };
  });
}

/**
 * @param {number} port
 * @param {string} address
 */
function bare(port, address) {
  return configuration(port, '', `  reverse_proxy ${address}`);
}

/**
 * @param {number} port
 * @param {string} address
 */
function withTable(port, address) {
  return configuration(port, '  servers {\n    metrics\n  }\n', caddyTable(address));
}

/**
 * @param {number} port
 * @param {string} options
 * @param {string} directives
 */
function configuration(port, options, directives) {
  return `{
  admin off
  auto_https off
${options}}
http://:${port} {
  bind 127.0.0.1
${directives}
}
`;
}
