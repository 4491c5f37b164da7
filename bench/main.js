// `npm run bench`: Banyan beside its rivals on this machine. Progress on standard error, tables on standard output.

import '../scripts/bootstrap/node-version.js';

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ensureBuild } from '../scripts/bootstrap/build.js';
import { ensureDependencies } from '../scripts/bootstrap/dependencies.js';
import { fail, progress, stopSignal } from '../scripts/bootstrap/terminal.js';
import { machine } from '../scripts/proof.js';
import { createLoad } from './load.js';
import { helpText, parseOptions, UsageError } from './options.js';
import { providePeers } from './peers.js';
import { takePlace } from './place.js';
import { profileSubject } from './profile.js';
import { drawChart } from './report/chart.js';
import { insertFigures, panelsOf, renderFigures } from './report/page.js';
import { asText, demandTable, furtherTable, hasFurther, mainTable } from './report/tables.js';
import { calibrate, FULL, QUICK, runRounds } from './rounds.js';
import { subjects } from './subjects.js';
import { demands, summarise } from './summary.js';
import { startUpstream } from './upstream.js';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** @typedef {import('./options.js').Options} Options */
/** @typedef {import('./report/page.js').Report} Report */

const options = optionsOrExit();
const signal = stopSignal();
bench(options).catch((error) => fail(error, signal));

/** @param {Options} asked */
async function bench(asked) {
  const log = progress();
  await ensureDependencies(root, { log, signal });
  await ensureBuild(root, { log, signal });
  const { found: peers, absent } = await providePeers(['nginx', 'haproxy', 'caddy', 'wrk'], log);
  if (peers.nginx === undefined)
    throw new Error('The benchmark needs nginx: it is what all subjects stand in front of.');

  const place = takePlace(root, signal);
  // A process that is killed cannot wait; the supervisors end what it started.
  process.on('exit', () => place.release());
  const upstream = await startUpstream(place, peers.nginx.path);
  try {
    const setting = { place, upstream: upstream.port, peers };
    const load = createLoad(place, peers.wrk);
    if (asked.profile !== undefined)
      return await profileSubject(chosen([asked.profile])[0], setting, load, log);
    await measure(asked, setting, load, absent, log);
  } finally {
    await upstream.stop();
  }
}

/**
 * @param {Options} asked
 * @param {import('./subjects.js').Setting} setting
 * @param {import('./load.js').Load} load
 * @param {string[]} absent
 * @param {(line: string) => void} log
 */
async function measure(asked, setting, load, absent, log) {
  const base = asked.quick ? QUICK : FULL;
  const plan = { ...base, rounds: asked.rounds ?? base.rounds };
  const present = chosen(asked.only)
    .filter(({ peer }) => peer === undefined || setting.peers[peer] !== undefined)
    .filter(({ reference }) => !(asked.quick && reference && asked.only.length === 0));
  const rate = asked.rate ?? (await calibrate(setting, load, plan));
  log(`Latencies are taken at ${rate} requests a second.`);

  const samples = await runRounds(present, setting, load, plan, rate, log);
  /** @type {Report} */
  const report = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${machine()}, ${cpus()[0]?.model ?? 'unknown processor'}`,
    load: load.name,
    rate,
    plan,
    results: summarise(
      present.map((subject) => ({ ...subject, version: versionOf(subject, setting) })),
      samples,
    ),
    demands: demands(samples),
    absent,
  };
  print(report);
  if (asked.json !== undefined)
    writeFileSync(asked.json, `${JSON.stringify({ ...report, samples }, null, 2)}\n`);
  if (!asked.quick && asked.only.length === 0) writeDocs(report, log);
}

/** @param {Report} report */
function print(report) {
  const forward = report.results.filter(({ kind }) => kind === 'forward');
  const answer = report.results.filter(({ kind }) => kind === 'answer');
  const tables = [forward, answer]
    .filter((results) => results.length > 0)
    .map((results) => asText(mainTable(results)));
  if (forward.some(hasFurther)) tables.push(asText(furtherTable(forward)));
  const measured = report.demands.filter(({ measured }) => measured !== undefined);
  if (measured.length > 0) tables.push(asText(demandTable(measured)));
  console.log(
    `${report.date}, ${report.machine}; load by ${report.load}; latencies at ${report.rate} a second\n`,
  );
  console.log(tables.join('\n\n'));
  for (const { title, notes } of report.results) for (const note of notes) console.log(`${title}: ${note}`);
}

/**
 * @param {Report} report
 * @param {(line: string) => void} log
 */
function writeDocs(report, log) {
  const page = join(root, 'docs/performance.md');
  writeFileSync(page, insertFigures(readFileSync(page, 'utf8'), renderFigures(report)));
  const description = 'Processor time per request, Banyan beside other proxies and frameworks';
  writeFileSync(join(root, 'docs/performance.svg'), drawChart(panelsOf(report.results), description));
  log('Written: docs/performance.md and docs/performance.svg');
}

/**
 * @param {readonly string[]} names empty for all
 * @throws {UsageError}
 */
function chosen(names) {
  const unknown = names.find((name) => subjects.every((subject) => subject.name !== name));
  if (unknown !== undefined) throw new UsageError(`no subject is called ${unknown}; see --help`);
  return names.length === 0 ? subjects : subjects.filter(({ name }) => names.includes(name));
}

/**
 * @param {import('./subjects.js').Subject} subject
 * @param {import('./subjects.js').Setting} setting
 */
function versionOf({ peer, package: name }, { peers }) {
  const versions = [peer && peers[peer]?.version, name && packageVersion(name)];
  return versions.filter((version) => version !== undefined).join(', ');
}

/** @param {string} name */
function packageVersion(name) {
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
}

function optionsOrExit() {
  try {
    const parsed = parseOptions(process.argv.slice(2));
    if (parsed.help) {
      console.log(helpText(subjects));
      process.exit(0);
    }
    chosen(parsed.only);
    return parsed;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}
