// What npm start and npm test decide before they do anything.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { ensureBuild, isBuilt } from '../../scripts/bootstrap/build.js';
import { matches } from '../../scripts/bootstrap/dependencies.js';
import { nodeProblem } from '../../scripts/bootstrap/node-version.js';
import { writeEnvironment } from '../../scripts/environment.js';
import { parseResults, renderProof } from '../../scripts/proof.js';
import { countReport } from '../../scripts/steps/steps.js';

describe('the version of Node', () => {
  it.each(['20.0.0', '22.11.0', '26.1.0'])('%s will do', (version) => {
    expect(nodeProblem(version)).toBeUndefined();
  });

  it.each(['18.20.4', '9.11.2', '0.12.18'])('%s is refused by name', (version) => {
    expect(nodeProblem(version)).toContain(`this is Node ${version}`);
  });
});

describe('node_modules', () => {
  const wanted = {
    packages: {
      '': { version: '0.1.0' },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b-darwin': { version: '2.0.0', optional: true },
    },
  };

  it('match the lockfile without what is for other systems', () => {
    expect(matches(wanted, { packages: { 'node_modules/a': { version: '1.0.0' } } })).toBe(true);
  });

  it.each([
    ['a package is missing', {}],
    ['a package has another version', { 'node_modules/a': { version: '1.0.1' } }],
    [
      'an optional package has another version',
      { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b-darwin': { version: '1.9.0' } },
    ],
  ])('do not match when %s', (_what, packages) => {
    expect(matches(wanted, { packages })).toBe(false);
  });
});

describe('counting a report', () => {
  const report = JSON.stringify({
    numPassedTests: 7,
    numFailedTests: 2,
    numPendingTests: 1,
    numTodoTests: 1,
  });

  it('takes the numbers as they are', () => {
    expect(countReport(report, false)).toEqual({ passed: 7, failed: 2, skipped: 2 });
  });

  it('adds each file that could not be loaded', () => {
    const files = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
    ];
    const text = JSON.stringify({ numPassedTests: 1, numFailedTests: 1, testResults: files });
    expect(countReport(text, false).failed).toBe(2);
  });

  it.each([
    ['no report was written', undefined],
    ['an error came between the tests', JSON.stringify({ numPassedTests: 1, numFailedTests: 0 })],
  ])('finds one failure when %s', (_what, text) => {
    expect(countReport(text, false).failed).toBe(1);
  });
});

describe('docs/proof.md', () => {
  it('shows each figure that a test appended', () => {
    const results = parseResults(
      '{"figure":"b|x","demanded":"< 64 MiB","measured":12}\n{"figure":"a","demanded":0,"measured":0}\n',
    );
    const page = renderProof(results, {
      date: '2026-01-02',
      machine: '2 cores',
      count: { passed: 3, failed: 0 },
    });
    expect(page).toContain('2026-01-02, 2 cores: 3 passed, 0 failed.');
    expect(page.trimEnd().split('\n').slice(-2)).toEqual(['| a | 0 | 0 |', '| b\\|x | < 64 MiB | 12 |']);
  });
});

it('a build is old when a source is newer, but for handlers that are not run from it', () => {
  const root = mkdtempSync(join(tmpdir(), 'banyan-build-'));
  for (const folder of ['src/handlers', 'dist']) mkdirSync(join(root, folder), { recursive: true });
  const files = ['src/main.ts', 'src/handlers/a.ts', 'dist/main.js'];
  for (const file of files) writeFileSync(join(root, file), '');
  for (const path of ['src', 'src/handlers', ...files]) utimesSync(join(root, path), 100, 100);
  expect(isBuilt(root)).toBe(true);
  utimesSync(join(root, 'src/handlers/a.ts'), 200, 200);
  expect([isBuilt(root), isBuilt(root, 'src/handlers')]).toEqual([false, true]);
  utimesSync(join(root, 'src/main.ts'), 200, 200);
  expect(isBuilt(root, 'src/handlers')).toBe(false);
  rmSync(root, { recursive: true });
});

it('a build can be run as a command, also where npm linked it before there was one', async () => {
  const root = mkdtempSync(join(tmpdir(), 'banyan-build-'));
  const compiler = join(root, 'node_modules/typescript/bin');
  mkdirSync(compiler, { recursive: true });
  mkdirSync(join(root, 'dist'));
  writeFileSync(join(compiler, 'tsc'), "require('fs').writeFileSync('dist/main.js', '', { mode: 0o644 })");
  await ensureBuild(root, { log: () => {} });
  expect(statSync(join(root, 'dist/main.js')).mode & 0o111).toBe(0o111);
  rmSync(root, { recursive: true });
});

it('a shell learns from a file where the bookshop is, and nobody else may read it', () => {
  const root = mkdtempSync(join(tmpdir(), 'banyan-environment-'));
  const file = join(root, 'demo.environment');
  writeEnvironment(file, { MYSQL_URL: 'mysql://a:$b&c@127.0.0.1:1/shop?x=1&y=2', HANDLERS: 'src/handlers' });
  const shown = execFileSync('sh', ['-c', `. ${file}; env`], { encoding: 'utf8' }).split('\n');
  expect(shown).toEqual(
    expect.arrayContaining(['MYSQL_URL=mysql://a:$b&c@127.0.0.1:1/shop?x=1&y=2', 'HANDLERS=src/handlers']),
  );
  expect(statSync(file).mode & 0o077).toBe(0);
  rmSync(root, { recursive: true });
});
