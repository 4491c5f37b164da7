// A private memcached.

import { join } from 'node:path';

import { commandFor, partOf } from './command.js';
import { ask } from './ports.js';
import { startService } from './service.js';

/** @param {import('./command.js').Place} place */
export function startMemcached(place) {
  const part = partOf(place, 'memcached');
  const log = join(place.directory, 'memcached.log');
  const asRoot = place.account.uid === 0 ? ['-u', 'root'] : [];
  // Asked to end, memcached takes up to a second over it, with nothing to save.
  const graceMs = part.image === undefined ? 50 : 3_000;
  return startService({
    name: 'memcached',
    log,
    launch: (port) => {
      const args = ['-l', '127.0.0.1', '-p', `${port}`, '-U', '0', '-m', '64', ...asRoot];
      return { ...commandFor(place, part, 'server', args), cwd: place.directory, log, graceMs };
    },
    serves: async (port, pid) => {
      const stats = await ask(port, 'version\r\nstats\r\n', (text) => text.endsWith('END\r\n'));
      const owner = Number(/^STAT pid (\d+)/m.exec(stats)?.[1]);
      return stats.startsWith('VERSION ') && (part.image !== undefined || owner === pid);
    },
  });
}
