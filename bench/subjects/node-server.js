// The subjects that are a Node program of servers/.

import { fileURLToPath } from 'node:url';

import { startServer } from '../place.js';

/**
 * Starts one of servers/ on the subject's core.
 *
 * @param {import('../place.js').Place} place
 * @param {string} name the file without .js
 * @param {number} upstream a port
 * @param {Record<string, string>} [env]
 */
export function startNodeServer(place, name, upstream, env = {}) {
  const file = fileURLToPath(new URL(`../servers/${name}.js`, import.meta.url));
  return startServer(place, name, (port) => ({
    name,
    core: 'subject',
    command: process.execPath,
    args: [file],
    env: { PORT: String(port), UPSTREAM: `http://127.0.0.1:${upstream}`, ...env },
  }));
}
