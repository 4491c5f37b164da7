// `npm run bench:php`: what decoding PHP's formats costs, beside the npm package php-serialize on what that can read.
// All in one process and in turns, so that ratios hold whatever the machine is doing. Prints tables.

import '../scripts/bootstrap/node-version.js';

import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import phpSerialize from 'php-serialize';

import { ensureBuild } from '../scripts/bootstrap/build.js';
import { progress, stopSignal } from '../scripts/bootstrap/terminal.js';
import { findPart } from '../scripts/parts/find.js';
import { makePayloads } from './php/payloads.js';
import { median, medianRatio } from './statistics.js';

await ensureBuild(fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, ''), {
  log: progress(),
  signal: stopSignal(),
});
const { igbinaryDecode } = await import('../dist/php/formats/igbinary.js');
const { msgpackDecode } = await import('../dist/php/formats/msgpack.js');
const { decodeSession } = await import('../dist/php/formats/session-format.js');
const { unserialize } = await import('../dist/php/formats/unserialize.js');
const { toPlain } = await import('../dist/php/path.js');

const ROUNDS = 15;
/** So many bytes are decoded for one figure, but never fewer than these many payloads. */
const [BYTES, LEAST] = [2_000_000, 20];

/** @typedef {() => unknown} Work */

/**
 * Microseconds of processor time: what else the machine is doing has little part in it.
 *
 * @param {Work} work
 * @param {number} times
 */
function cost(work, times) {
  const start = process.cpuUsage();
  for (let index = 0; index < times; index += 1) work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / times;
}

/**
 * Measures several in turns: microseconds by round for each.
 *
 * @param {Record<string, Work>} works
 * @param {number} bytes of one payload
 * @returns {Record<string, number[]>}
 */
function inTurns(works, bytes) {
  const times = Math.min(20_000, Math.max(LEAST, Math.round(BYTES / bytes)));
  /** @type {Record<string, number[]>} */
  const costs = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, work] of Object.entries(works)) {
      const microseconds = cost(work, times);
      // The first round is there to warm up.
      if (round > 0) costs[name]?.push(microseconds);
    }
  }
  return costs;
}

/** @param {Buffer} bytes */
const theirs = (bytes) => phpSerialize.unserialize(bytes, { stdClass: Object });

/** @param {readonly number[] | undefined} values */
const microseconds = (values) => (median(values ?? []) ?? Number.NaN).toFixed(2).padStart(12);

/** @param {readonly (string | number)[]} cells */
const row = ([name = '', ...cells]) =>
  console.log(String(name).padEnd(24), ...cells.map((cell) => String(cell).padStart(12)));

const part = await findPart('php-igbinary');
if (!('found' in part)) throw new Error('needs php with the extensions igbinary and msgpack');
const { values, sessions } = makePayloads(part.found.tools.cli ?? '');

console.log('decoding, microseconds of processor time (median of rounds)');
row(['', 'bytes', 'serialize', 'php-serialize', 'times as fast', 'igbinary', 'msgpack']);
for (const [name, { serialize, igbinary, msgpack }] of Object.entries(values)) {
  const read = unserialize(serialize);
  if (!read.ok || !isDeepStrictEqual(jsonOf(toPlain(read.value)), jsonOf(theirs(serialize))))
    throw new Error(`${name}: the two do not read the same`);
  const costs = inTurns(
    {
      ours: () => unserialize(serialize),
      theirs: () => theirs(serialize),
      igbinary: () => igbinaryDecode(igbinary),
      msgpack: () => msgpackDecode(msgpack),
    },
    serialize.length,
  );
  const ratio = medianRatio(costs.theirs ?? [], costs.ours ?? []) ?? Number.NaN;
  const [ours, other] = [microseconds(costs.ours), microseconds(costs.theirs)];
  row([
    name,
    serialize.length,
    ours,
    other,
    ratio.toFixed(1),
    microseconds(costs.igbinary),
    microseconds(costs.msgpack),
  ]);
}

console.log('\none session, by handler');
for (const [handler, bytes] of Object.entries(sessions)) {
  const format = /** @type {import('../dist/php/formats/session-format.js').SessionFormat} */ (handler);
  if (!decodeSession(bytes, format).ok) throw new Error(`${handler}: not read`);
  const costs = inTurns({ session: () => decodeSession(bytes, format) }, bytes.length);
  row([handler, bytes.length, microseconds(costs.session)]);
}

/** @param {unknown} value */
function jsonOf(value) {
  return JSON.parse(JSON.stringify(value));
}
