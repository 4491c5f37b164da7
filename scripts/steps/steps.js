// The steps of `npm test`, each with what it counts.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { succeeds } from '../bootstrap/run.js';
import { childEnvironment } from '../environment.js';

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */
/** @typedef {{ root: string, signal: AbortSignal, env?: Record<string, string> }} Context */
/** @typedef {{ title: string, run: (context: Context) => Promise<Count> }} Step */

/** @type {Record<string, Step>} */
export const steps = {
  lint: { title: 'Lint', run: check('@biomejs/biome/bin/biome', ['check', '.']) },
  types: { title: 'Types', run: check('typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json']) },
  unit: { title: 'Unit tests', run: vitest('unit') },
  patient: { title: 'Tests that wait', run: vitest('patient') },
  e2e: { title: 'End-to-end tests', run: vitest('e2e') },
};

/**
 * Makes a step of a tool that either is content or not.
 *
 * @param {string} script below node_modules
 * @param {string[]} args
 */
function check(script, args) {
  return async (/** @type {Context} */ { root, signal }) => {
    const command = [join('node_modules', script), ...args];
    const passed = await succeeds(process.execPath, command, { cwd: root, signal });
    return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
  };
}

/**
 * Makes a step of one of vitest's projects.
 *
 * @param {string} project
 */
function vitest(project) {
  return async (/** @type {Context} */ { root, signal, env = {} }) => {
    const report = join(root, '.banyan', 'reports', `${project}.json`);
    mkdirSync(dirname(report), { recursive: true });
    rmSync(report, { force: true });
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const command = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters];
    const options = { cwd: root, signal, env: childEnvironment(env) };
    const content = await succeeds(process.execPath, command, options);
    return countReport(existsSync(report) ? readFileSync(report, 'utf8') : undefined, content);
  };
}

/**
 * Counts tests in vitest's JSON report. A file that failed without a failed test (it could not be loaded) counts as
 * one failure, and so does a run that is not content for any other reason: an error between tests, no report.
 *
 * @param {string | undefined} report
 * @param {boolean} content whether vitest exited with 0
 * @returns {Count}
 */
export function countReport(report, content) {
  const json = report === undefined ? {} : JSON.parse(report);
  const failed = (json.numFailedTests ?? 0) + (json.testResults ?? []).filter(failedAsAWhole).length;
  return {
    passed: json.numPassedTests ?? 0,
    failed: failed === 0 && !content ? 1 : failed,
    skipped: (json.numPendingTests ?? 0) + (json.numTodoTests ?? 0),
  };
}

/** @param {{ status: string, assertionResults: { status: string }[] }} file */
function failedAsAWhole({ status, assertionResults }) {
  return status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
}

/**
 * Runs steps one after the other, each with a headline and its time; a failing step does not stop the next.
 *
 * @param {string[]} names
 * @param {Context} context
 * @returns {Promise<Count>} the sum
 */
export async function runSteps(names, context) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const name of names) {
    const step = steps[name];
    if (step === undefined) throw new Error(`no step is called ${name}: ${Object.keys(steps).join(', ')}`);
    console.log(`\n== ${step.title}`);
    const startedAt = Date.now();
    const count = await step.run(context);
    const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
    console.log(`== ${step.title}: ${describe(count)} in ${seconds} s`);
    sum.passed += count.passed;
    sum.failed += count.failed;
    sum.skipped += count.skipped;
  }
  return sum;
}

/** @param {Count} count */
function describe({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
