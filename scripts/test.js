// `npm test`: sets up everything, then lint, types, unit tests and end-to-end tests. The last line sums up.
// With arguments (`node scripts/test.js e2e`) only those steps.

import './bootstrap/node-version.js';

import { fileURLToPath } from 'node:url';

import { prepareTests } from './bootstrap/prepare.js';
import { fail, progress, stopSignal } from './bootstrap/terminal.js';
import { runSteps, steps } from './steps/steps.js';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const signal = stopSignal();

test(process.argv.slice(2)).catch((error) => fail(error, signal));

/** @param {string[]} asked */
async function test(asked) {
  await prepareTests(root, { log: progress(), signal });
  const { passed, failed } = await runSteps(asked.length > 0 ? asked : Object.keys(steps), { root, signal });
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
