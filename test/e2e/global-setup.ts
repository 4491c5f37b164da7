// The bookshop that the end-to-end tests share: private services in a directory of their own, started once.
// A test that stops or starts a service starts its own with startServices (scripts/services.js): that takes about a
// second and a half, and no other test is disturbed.
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { sweep } from '../../scripts/services/directory.js';
import { startServices } from '../../scripts/services.js';

declare module 'vitest' {
  interface ProvidedContext {
    services: {
      legacyUrl: string;
      mysqlUrl: string;
      shadowMysqlUrl: string;
      memcacheUrl: string;
      sessionUrl: string;
      php: string;
    };
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const parent = fileURLToPath(new URL('../../.banyan', import.meta.url));
  sweep(parent);
  const services = await startServices({ directory: `${parent}/test-${process.pid}`, keep: false });
  const { legacyUrl, mysqlUrl, shadowMysqlUrl, memcacheUrl, sessionUrl, php } = services;
  project.provide('services', { legacyUrl, mysqlUrl, shadowMysqlUrl, memcacheUrl, sessionUrl, php });
  return services.stop;
}
