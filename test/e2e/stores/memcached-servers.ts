// Several memcacheds of a test's own, and the php command with the extension that a test needs.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { advice, findParts } from '../../../scripts/parts.js';
import { chooseAccount } from '../../../scripts/services/account.js';
import { startMemcached } from '../../../scripts/services/memcached.js';
import type { Service } from '../../../scripts/services/service.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
let count = 0;

export interface MemcachedServers {
  readonly ports: readonly number[];
  /** To be killed, paused and started again. */
  readonly services: readonly Service[];
  stop(): Promise<void>;
}

/** Starts so many servers on free ports; `stop` ends them and removes what they wrote. */
export async function startMemcachedServers(size: number): Promise<MemcachedServers> {
  const directory = join(ROOT, '.banyan', `test-memcached-${process.pid}-${count++}`);
  const parts = { memcached: await part('memcached') };
  const account = chooseAccount([ROOT]);
  const services: Service[] = [];
  for (let index = 0; index < size; index++) {
    const own = join(directory, String(index));
    mkdirSync(own, { recursive: true });
    services.push(await startMemcached({ root: ROOT, directory: own, account, parts, log: () => {} }));
  }
  return {
    ports: services.map(({ port }) => port),
    services,
    stop: async () => {
      await Promise.all(services.map((service) => service.stop()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Finds the php command that has PHP's old extension memcache. */
export async function phpWithMemcache(): Promise<string> {
  const { tools } = await part('php-memcache');
  return tools.cli ?? 'php';
}

async function part(name: string) {
  const { found, missing } = await findParts([name]);
  const it = found[name];
  if (!it) throw new Error(advice(missing, true));
  return it;
}
