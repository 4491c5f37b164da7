// Banyan as it is run: `banyan serve`, a table of 200 routes, metrics on, the access log off.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort } from '../../scripts/services/ports.js';
import { makeDirectory, startServer } from '../place.js';
import { routesFile } from '../table.js';

/**
 * Starts Banyan.
 *
 * @param {import('../place.js').Place} place
 * @param {number} upstream a port
 * @param {Record<string, string>} [env]
 */
export async function startBanyan(place, upstream, env = {}) {
  const routes = join(makeDirectory(place, 'banyan'), 'routes.yaml');
  writeFileSync(routes, routesFile());
  const admin = await freePort();
  return startServer(place, 'banyan', (port) => ({
    name: 'banyan',
    core: 'subject',
    command: process.execPath,
    args: [join(place.root, 'dist/main.js'), 'serve'],
    env: {
      ROUTES: routes,
      HANDLERS: join(place.root, 'bench/handlers'),
      LISTEN: `127.0.0.1:${port}`,
      ADMIN_LISTEN: `127.0.0.1:${admin}`,
      LEGACY_URL: `http://127.0.0.1:${upstream}`,
      ACCESS_LOG: 'off',
      DRAIN_TIMEOUT: '1s',
      ...env,
    },
  }));
}
