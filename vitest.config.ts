import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const alias = { 'banyan-edge': fileURLToPath(new URL('./src/index.ts', import.meta.url)) };

/** Tests of what takes its time: visitors, upstreams and files that make the edge wait; hashes of passwords, which are slow on purpose. */
const patient = [
  'test/edge/hygiene/**/*.test.ts',
  'test/edge/visitor/**/*.test.ts',
  'test/edge/process/primary.test.ts',
  'test/edge/upstream/**/*.test.ts',
  'test/native/{faults,uploads,in-flight}.test.ts',
  'test/routes-file/{watch,mutation,many-routes,replace-file}.test.ts',
  'test/scripts/services.test.ts',
  'test/cli/**/*.test.ts',
  'test/stores/memcache/memcache.test.ts',
  'test/routes-file/edit.test.ts',
  'test/passwords/**/*.test.ts',
  'test/php/frameworks/others.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', ...patient],
          // Importing the modules again for each file would take longer than the tests.
          isolate: false,
          testTimeout: 15_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'patient',
          include: patient,
          isolate: false,
          maxWorkers: 4,
          testTimeout: 15_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // Of the tests that say that they may run beside each other.
          maxConcurrency: 12,
        },
      },
    ],
  },
});
