// `npm run bench -- --profile NAME`: where a subject's processor time goes while it is saturated.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { get } from './load.js';
import { UsageError } from './options.js';
import { makeDirectory } from './place.js';
import { processesOf, processorTime } from './proc.js';
import { byFunction, byPart } from './profile/analyse.js';
import { asText } from './report/tables.js';
import { withSubject } from './rounds.js';

/** @typedef {import('./subjects.js').Setting} Setting */
/** @typedef {import('./load.js').Load} Load */
/** @typedef {import('./workloads.js').Running} Running */

const WARM_SECONDS = 3;
const SECONDS = 6;
const SHOWN = 45;
const WRITTEN_WITHIN_MS = 5_000;

/**
 * Takes a profile and prints it; the .cpuprofile is kept in .banyan/profiles for Chrome's developer tools.
 *
 * @param {import('./subjects.js').Subject | undefined} subject
 * @param {Setting} setting
 * @param {Load} load
 * @param {(line: string) => void} log
 */
export async function profileSubject(subject, setting, load, log) {
  if (subject === undefined) throw new Error('there is nothing to profile');
  // SIGUSR2 means other things to other programs.
  if (subject.peer !== undefined) throw new UsageError(`${subject.name} is no Node program alone`);
  const directory = makeDirectory(setting.place, 'profiles');
  const preload = new URL('./profile/preload.js', import.meta.url).href;
  const env = { NODE_OPTIONS: `--import ${preload}`, BENCH_PROFILES: directory };
  log(`Profiling ${subject.title} for ${SECONDS} s.`);
  const { micros, sampled } = await withSubject(subject, { ...setting, env }, (running) =>
    underLoad(running, load, directory),
  );
  const [file] = readdirSync(directory);
  if (file === undefined) throw new Error(`${subject.name} wrote no profile; only Node programs can`);
  const kept = join(setting.place.root, '.banyan/profiles');
  mkdirSync(kept, { recursive: true });
  copyFileSync(join(directory, file), join(kept, `${subject.name}.cpuprofile`));
  const profile = JSON.parse(readFileSync(join(directory, file), 'utf8'));
  rmSync(directory, { recursive: true, force: true });
  console.log(
    `${subject.title}: ${micros.toFixed(1)} µs of CPU a request, ${sampled.toFixed(1)} while it was sampled`,
  );
  print(byFunction(profile), micros);
}

/**
 * Measures without the profiler, then with it.
 *
 * @param {Running} running
 * @param {Load} load
 * @param {string} directory
 */
async function underLoad(running, load, directory) {
  const request = get(running.subject.path);
  const measured = async () => {
    const before = processorTime(running.groups).seconds;
    const { requests } = await load.saturate(running.port, request, SECONDS);
    return ((processorTime(running.groups).seconds - before) * 1e6) / requests;
  };
  await load.saturate(running.port, request, WARM_SECONDS);
  const micros = await measured();
  const pid = busiest(running.groups);
  process.kill(pid, 'SIGUSR2');
  const sampled = await measured();
  process.kill(pid, 'SIGUSR2');
  const deadline = Date.now() + WRITTEN_WITHIN_MS;
  while (readdirSync(directory).length === 0 && Date.now() < deadline) await delay(50);
  await delay(200);
  return { micros, sampled };
}

/**
 * Finds the process that serves: among a primary and its worker, the one that has worked most.
 *
 * @param {number[]} groups
 */
function busiest(groups) {
  const [most] = processesOf(groups).sort((a, b) => b.seconds - a.seconds);
  if (most === undefined) throw new Error('the subject has ended');
  return most.pid;
}

/**
 * @param {import('./profile/analyse.js').Spent[]} functions
 * @param {number} micros a request
 */
function print(functions, micros) {
  const share = (/** @type {number} */ part) => [`${(part * 100).toFixed(1)}%`, (part * micros).toFixed(2)];
  const parts = byPart(functions).slice(0, 20);
  const own = functions.filter(({ part }) => part.startsWith('banyan')).sort((a, b) => b.total - a.total);
  const named = (/** @type {typeof functions} */ list, /** @type {'self' | 'total'} */ of) =>
    list.slice(0, SHOWN).map((one) => [`${one.name}  ${one.place}`, ...share(one[of])]);
  const tables = [
    { head: ['part', 'self', 'µs/request'], rows: parts.map(({ part, self }) => [part, ...share(self)]) },
    { head: ['function', 'self', 'µs/request'], rows: named(functions, 'self') },
    { head: ["Banyan's own, with all they call", 'total', 'µs/request'], rows: named(own, 'total') },
  ];
  for (const table of tables.filter(({ rows }) => rows.length > 0)) console.log(`\n${asText(table)}`);
}
