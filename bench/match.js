// `npm run bench:match`: what matching costs with 10 and with 10,000 routes, on hostile paths, and what building costs.
// All in one process and in turns, so that ratios hold whatever the machine is doing. Prints a table.

import '../scripts/bootstrap/node-version.js';

import { fileURLToPath } from 'node:url';

import { ensureBuild } from '../scripts/bootstrap/build.js';
import { progress, stopSignal } from '../scripts/bootstrap/terminal.js';

await ensureBuild(fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, ''), {
  log: progress(),
  signal: stopSignal(),
});
const { hostilePaths } = await import('./match/hostile.js');
const { inputOf, requestOf, specOf, tableOf } = await import('./match/tables.js');

const [FEW, MANY] = [10, 10_000];
const ROUNDS = 15;
const MATCHES = 100_000;

/** @param {readonly number[]} values */
function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

/**
 * Processor time, in milliseconds: what else the machine is doing has little part in it.
 *
 * @param {() => unknown} work
 */
function milliseconds(work) {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e3;
}

/**
 * Nanoseconds a match.
 *
 * @param {import('../dist/routing/table.js').Table} table
 * @param {readonly import('../dist/routing/table.js').MatchInput[]} inputs
 */
function costOf(table, inputs) {
  const time = milliseconds(() => {
    for (let index = 0; index < MATCHES; index += 1) table.match(inputs[index % inputs.length]);
  });
  return (time * 1e6) / MATCHES;
}

const specs = { few: specOf(FEW), many: specOf(MANY) };
const tables = { few: tableOf(specs.few), many: tableOf(specs.many) };
const shared = Array.from({ length: FEW }, (_, index) => requestOf(index));
const misses = ['/nothing', '/index.php?page=none', '/api/v1/none/1', '/de/none', '/a/b/c/d'].map((target) =>
  inputOf('GET', 'www.example.com', target),
);
const spread = Array.from({ length: 2_000 }, (_, index) => requestOf((index * 4_999) % MANY));

for (const input of spread)
  if (tables.many.match(input).kind !== 'matched') throw new Error(`${input.path} is not matched`);

/** @type {Record<string, number[]>} */
const costs = {};
/** @param {string} name @param {number} cost */
const record = (name, cost) => {
  costs[name] ??= [];
  costs[name].push(cost);
};
for (let round = 0; round < ROUNDS; round += 1) {
  record('10 routes', costOf(tables.few, shared));
  record('10,000 routes, the same requests', costOf(tables.many, shared));
  record('10 routes, undeclared', costOf(tables.few, misses));
  record('10,000 routes, undeclared', costOf(tables.many, misses));
  record('10,000 routes, requests for all of them', costOf(tables.many, spread));
  for (const input of shared) {
    record(`one: 10 routes, ${input.path}`, costOf(tables.few, [input]));
    record(`one: 10,000 routes, ${input.path}`, costOf(tables.many, [input]));
  }
}

console.log('match, nanoseconds (median of rounds)');
for (const [name, values] of Object.entries(costs))
  console.log(`  ${name.padEnd(60)} ${median(values).toFixed(0).padStart(8)}`);
const ratio = median(costs['10,000 routes, the same requests'] ?? []) / median(costs['10 routes'] ?? []);
console.log(`  ratio ${ratio.toFixed(2)} (demanded: at most 1.3)`);

console.log('hostile paths of 16 KiB, milliseconds (median, worst)');
for (const [name, path] of hostilePaths) {
  const times = Array.from(
    { length: 41 },
    () =>
      milliseconds(() => {
        for (let index = 0; index < 10; index += 1)
          tables.many.match(inputOf('GET', 'www.example.com', path));
      }) / 10,
  ).slice(1);
  console.log(
    `  ${name.padEnd(60)} ${median(times).toFixed(3).padStart(8)} ${Math.max(...times)
      .toFixed(3)
      .padStart(8)}`,
  );
}

const builds = Array.from({ length: 3 }, () => milliseconds(() => tableOf(specs.many)));
console.log(`build of 10,000 routes, milliseconds: ${builds.map((time) => time.toFixed(0)).join(', ')}`);
