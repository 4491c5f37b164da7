// `npm start`: from a fresh clone to the bookshop behind the edge, with nothing but Node, npm and git.

import './bootstrap/node-version.js';

import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { ensureBuild } from './bootstrap/build.js';
import { ensureDependencies } from './bootstrap/dependencies.js';
import { fail, progress, stopSignal } from './bootstrap/terminal.js';
import { childEnvironment, writeEnvironment } from './environment.js';
import { serviceParts } from './parts/catalogue.js';
import { ensureParts } from './parts.js';
import { DirectoryInUse } from './services/directory.js';
import { nextFreePort } from './services/ports.js';
import { run } from './services/process.js';
import { startServices } from './services.js';
import { welcome } from './welcome.js';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const log = progress();
const signal = stopSignal();

/** @typedef {{ directory: string, services: import('./services.js').Services }} Shop */

start().catch((error) => fail(error, signal));

async function start() {
  const [shop] = await together(startShop(), buildEdge());
  try {
    signal.throwIfAborted();
    await runEdge(shop);
  } finally {
    log('Stopping.');
    await shop.services.stop();
  }
  process.exit(0);
}

/**
 * Waits for both; when one fails, the shop is stopped before the failure is passed on.
 *
 * @param {Promise<Shop>} shop
 * @param {Promise<void>} build
 * @returns {Promise<[Shop, void]>}
 */
async function together(shop, build) {
  const [started, built] = await Promise.allSettled([shop, build]);
  if (started.status === 'rejected') throw started.reason;
  if (built.status === 'fulfilled') return [started.value, built.value];
  await started.value.services.stop();
  throw built.reason;
}

async function buildEdge() {
  await ensureDependencies(root, { log, signal });
  // The shop's handlers are read from src: editing one must not build dist/ anew below an edge that runs.
  await ensureBuild(root, { log, signal, unused: 'src/handlers' });
}

/** @returns {Promise<Shop>} */
async function startShop() {
  const found = await ensureParts(serviceParts, { root, log });
  signal.throwIfAborted();
  for (let number = 1; ; number += 1) {
    const directory = join(root, '.banyan', number === 1 ? 'demo' : `demo-${number}`);
    try {
      log('Starting MariaDB, memcached, php-fpm and nginx.');
      const services = await startServices({ directory, found, log });
      log('The bookshop runs.');
      return { directory, services };
    } catch (error) {
      if (!(error instanceof DirectoryInUse)) throw error;
      log(`Another npm start (process ${error.pid}) uses ${directory}; taking the next directory.`);
    }
  }
}

/** @param {Shop} shop */
async function runEdge({ directory, services }) {
  const onTaken = (/** @type {number} */ port) => log(`Port ${port} is taken; trying the next one.`);
  const port = await nextFreePort(Number(process.env.PORT ?? 8000), onTaken);
  const adminPort = await nextFreePort(port === 9901 ? 9902 : 9901, onTaken);
  const settings = edgeSettings(services, { port, adminPort });
  log('Starting the edge.');
  const edge = await run({
    command: process.execPath,
    args: ['dist/main.js', 'dev'],
    cwd: root,
    env: childEnvironment(settings),
    graceMs: 10_000,
  });
  const ended = edge.ended.then((ending) => {
    if (!signal.aborted) throw new Error(`the edge ended (${ending})`);
  });
  try {
    await Promise.race([ended, ready(`http://127.0.0.1:${adminPort}/readyz`), aborted()]);
    const environment = `${directory}.environment`;
    writeEnvironment(environment, settings);
    if (!signal.aborted)
      process.stdout.write(welcome({ port, adminPort, environment: relative(process.cwd(), environment) }));
    await Promise.race([ended, aborted()]);
  } finally {
    await edge.stop();
  }
}

/**
 * @param {import('./services.js').Services} services
 * @param {{ port: number, adminPort: number }} places
 */
function edgeSettings(services, { port, adminPort }) {
  return {
    ROUTES: 'routes.yaml',
    HANDLERS: 'src/handlers',
    LISTEN: `127.0.0.1:${port}`,
    ADMIN_LISTEN: `127.0.0.1:${adminPort}`,
    LEGACY_URL: services.legacyUrl,
    MYSQL_URL: services.mysqlUrl,
    MEMCACHE_URL: services.memcacheUrl,
    SESSION_URL: services.sessionUrl,
    TRUSTED_PROXIES: '127.0.0.1',
  };
}

/** @param {string} url */
async function ready(url) {
  while (!signal.aborted) {
    const response = await fetch(url).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.ok) return;
    await delay(100);
  }
}

/** Resolves when somebody wants this to stop; keeps the process alive until then. */
async function aborted() {
  while (!signal.aborted) await delay(60_000, undefined, { signal }).catch(() => {});
}
