// A server of large bodies in a process of its own, and an nginx in front of it that buffers nothing.
import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nginxConfiguration } from '../../../bench/subjects/nginx-configuration.js';
import { childEnvironment } from '../../../scripts/environment.js';
import { advice, findParts } from '../../../scripts/parts.js';
import { chooseAccount } from '../../../scripts/services/account.js';
import { commandFor } from '../../../scripts/services/command.js';
import { type Service, startService } from '../../../scripts/services/service.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const UPSTREAM = fileURLToPath(new URL('bulk-upstream.js', import.meta.url));

export type BulkServers = { readonly url: string; readonly nginxUrl: string; stop(): Promise<void> };

/** Starts both; `stop` ends them and removes what they wrote. */
export async function startBulkServers(): Promise<BulkServers> {
  const directory = join(ROOT, '.banyan', `test-bulk-${process.pid}`);
  mkdirSync(directory, { recursive: true });
  const upstream = await startUpstream(directory);
  const nginx = await startNginx(directory, upstream.port).catch(async (error) => {
    await upstream.stop();
    throw error;
  });
  return {
    url: `http://127.0.0.1:${upstream.port}`,
    nginxUrl: `http://127.0.0.1:${nginx.port}`,
    stop: async () => {
      await Promise.all([nginx.stop(), upstream.stop()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function startUpstream(directory: string): Promise<Service> {
  const log = join(directory, 'upstream.log');
  return startService({
    name: 'upstream',
    log,
    launch: (port) => ({
      command: process.execPath,
      args: [UPSTREAM],
      env: childEnvironment({ PORT: `${port}` }),
      ...{ cwd: directory, log, graceMs: 2_000 },
    }),
    serves,
  });
}

async function startNginx(directory: string, upstream: number): Promise<Service> {
  const { found, missing } = await findParts(['nginx']);
  if (!found.nginx) throw new Error(advice(missing, true));
  const account = chooseAccount([directory]);
  const own = join(directory, 'nginx');
  mkdirSync(own, { recursive: true });
  chownSync(own, account.uid, account.gid);
  const place = { root: ROOT, directory: own, account, parts: found, log: () => {} };
  const file = join(own, 'nginx.conf');
  const log = join(directory, 'nginx.log');
  const command = commandFor(place, found.nginx, 'server', ['-p', `${own}/`, '-c', file]);
  return startService({
    name: 'nginx',
    log,
    launch: (port) => {
      writeFileSync(file, nginxConfiguration(own, serverBlocks(port, upstream)));
      return { ...command, cwd: own, log, graceMs: 2_000 };
    },
    serves,
  });
}

/** Buffers of 64 KiB: with those of 4 KiB that it has by default, nginx would be the slower of the two. */
function serverBlocks(port: number, upstream: number): string {
  return `  upstream bulk { server 127.0.0.1:${upstream}; keepalive 16; }
  server {
    listen 127.0.0.1:${port};
    client_max_body_size 0;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_buffer_size 64k;
    proxy_buffers 4 64k;
    proxy_busy_buffers_size 128k;
    proxy_buffering off;
    proxy_request_buffering off;
    location / { proxy_pass http://bulk; }
  }`;
}

async function serves(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/?mib=0`).catch(() => undefined);
  return answer?.ok ?? false;
}
