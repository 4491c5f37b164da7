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
  const { passed, failed } = (await prepared())
    ? await runSteps(asked.length > 0 ? asked : Object.keys(steps), { root, signal })
    : { passed: 0, failed: 1 };
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

/** Prepares the checkout; what cannot be built cannot be tested, and counts as one failure. */
async function prepared() {
  try {
    await prepareTests(root, { log: progress(), signal });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    console.error(error instanceof Error ? error.message : error);
    return false;
  }
}
