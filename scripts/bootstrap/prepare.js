// What every run of the tests needs first: npm packages, parts, a build.

import { serviceParts, testParts } from '../parts/catalogue.js';
import { ensureParts, findParts, MissingParts } from '../parts.js';
import { ensureBuild } from './build.js';
import { ensureDependencies } from './dependencies.js';

/**
 * Prepares a checkout for its tests.
 *
 * A missing Chromium, say, is told and left to the browser tests, which then fail; everything else can still be tested.
 *
 * @param {string} root
 * @param {{ log: (line: string) => void, signal: AbortSignal }} options
 */
export async function prepareTests(root, options) {
  await Promise.all([ensureTestParts(root, options.log), ensureDependencies(root, options)]);
  options.signal.throwIfAborted();
  await ensureBuild(root, options);
}

/**
 * @param {string} root
 * @param {(line: string) => void} log
 */
async function ensureTestParts(root, log) {
  try {
    await ensureParts([...serviceParts, ...testParts], { root, log });
  } catch (error) {
    const { missing } = await findParts(serviceParts);
    if (!(error instanceof MissingParts) || missing.length > 0) throw error;
    log(error.message);
  }
}
