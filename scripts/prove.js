// `npm run prove`: all tests with the full figures (PROVE=1). Tests append what they measure
// to the file that BANYAN_PROVE_RESULTS names; docs/proof.md is made of it.

import './bootstrap/node-version.js';

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { prepareTests } from './bootstrap/prepare.js';
import { fail, progress, stopSignal } from './bootstrap/terminal.js';
import { machine, parseResults, renderProof } from './proof.js';
import { runSteps } from './steps/steps.js';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const signal = stopSignal();

prove().catch((error) => fail(error, signal));

async function prove() {
  await prepareTests(root, { log: progress(), signal });
  const results = join(root, '.banyan', 'prove-results.jsonl');
  mkdirSync(join(root, '.banyan'), { recursive: true });
  rmSync(results, { force: true });
  const env = { PROVE: '1', BANYAN_PROVE_RESULTS: results };
  const count = await runSteps(['unit', 'patient', 'e2e'], { root, signal, env });

  const measured = existsSync(results) ? parseResults(readFileSync(results, 'utf8')) : [];
  const date = new Date().toISOString().slice(0, 10);
  mkdirSync(join(root, 'docs'), { recursive: true });
  writeFileSync(join(root, 'docs', 'proof.md'), renderProof(measured, { date, machine: machine(), count }));
  console.log(`\n${measured.length} figures in docs/proof.md`);
  console.log(`${count.passed} passed, ${count.failed} failed`);
  process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0;
}
