// The run: every subject once a round, A B C A B C, each in fresh processes, so that a slow minute of the
// machine hits all of them alike.

import { get } from './load.js';
import { memory } from './proc.js';
import { subjects } from './subjects.js';
import { disturbance } from './summary.js';
import { measureFurther, measureGet, measureIdle } from './workloads.js';

/** @typedef {import('./subjects.js').Subject} Subject */
/** @typedef {import('./subjects.js').Setting} Setting */
/** @typedef {import('./load.js').Load} Load */
/** @typedef {import('./workloads.js').Figures} Figures */
/** @typedef {{ subject: string, round: number, figures: Figures, notes: string[] }} Sample */

/**
 * @typedef {object} Plan
 * @property {number} rounds
 * @property {number} furtherRounds how many of them do the further workloads as well
 * @property {{ warm: number, saturate: number, rate: number, further: number }} seconds
 */

/** @type {Plan} */
export const FULL = {
  rounds: 5,
  furtherRounds: 3,
  seconds: { warm: 4, saturate: 5, rate: 5, further: 3 },
};

/** @type {Plan} */
export const QUICK = {
  rounds: 1,
  furtherRounds: 0,
  seconds: { warm: 2, saturate: 2, rate: 1, further: 0 },
};

/**
 * Finds half of what http-proxy can do, in requests per second: the rate at which latencies are taken.
 *
 * @param {Setting} setting
 * @param {Load} load
 * @param {Plan} plan
 * @returns {Promise<number>}
 */
export async function calibrate(setting, load, { seconds }) {
  const subject = subjects.find(({ name }) => name === 'http-proxy');
  if (subject === undefined) throw new Error('http-proxy is not among the subjects');
  const request = get(subject.path);
  return withSubject(subject, setting, async ({ port }) => {
    await load.saturate(port, request, seconds.warm);
    const { requests } = await load.saturate(port, request, seconds.saturate);
    return Math.round(requests / seconds.saturate / 200) * 100;
  });
}

/**
 * Runs all rounds.
 *
 * @param {readonly Subject[]} chosen
 * @param {Setting} setting
 * @param {Load} load
 * @param {Plan} plan
 * @param {number} rate
 * @param {(line: string) => void} log
 * @returns {Promise<Sample[]>}
 */
export async function runRounds(chosen, setting, load, plan, rate, log) {
  /** @type {Sample[]} */
  const samples = [];
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const subject of chosen) {
      const sample = await measureOnce(subject, setting, load, plan, rate, round);
      samples.push(sample);
      log(`round ${round}/${plan.rounds}  ${summary(sample)}`);
    }
  }
  return samples;
}

/**
 * @param {Subject} subject
 * @param {Setting} setting
 * @param {Load} load
 * @param {Plan} plan
 * @param {number} rate
 * @param {number} round
 * @returns {Promise<Sample>}
 */
async function measureOnce(subject, setting, load, plan, rate, round) {
  const { seconds } = plan;
  const further = subject.kind === 'forward' && !subject.isVariant && round <= plan.furtherRounds;
  const parts = [
    await withSubject(subject, setting, async (running) => {
      const main = await measureGet(running, load, seconds, rate);
      const more = further ? await measureFurther(running, load, { ...seconds, warm: 1 }) : NOTHING;
      return { figures: { ...main.figures, ...more.figures }, notes: [...main.notes, ...more.notes] };
    }),
    further
      ? await withSubject(subject, setting, (running) => measureIdle(running, load, setting.place))
      : NOTHING,
  ];
  return {
    subject: subject.name,
    round,
    figures: Object.assign({}, ...parts.map(({ figures }) => figures)),
    notes: parts.flatMap(({ notes }) => notes),
  };
}

const NOTHING = { figures: {}, notes: [] };

/**
 * Starts a subject, works with it, and stops it whatever happens.
 *
 * @template T
 * @param {Subject} subject
 * @param {Setting} setting
 * @param {(running: import('./workloads.js').Running) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSubject(subject, setting, work) {
  const services = await subject.start(setting);
  const groups = services.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  const [first] = services;
  try {
    if (first === undefined || memory(groups, 'VmRSS') === 0) throw new Error(`${subject.name} has ended`);
    return await work({ subject, port: first.port, groups, core: setting.place.cores.subject });
  } finally {
    await Promise.all(services.map((service) => service.stop()));
  }
}

/** @param {Sample} sample */
function summary({ subject, figures, notes }) {
  const { cpu = 0, rps = 0, p99 = 0 } = figures;
  const all = [...notes, ...disturbance(figures)];
  const told = all.length > 0 ? `  (${all.join('; ')})` : '';
  const name = subject.padEnd(18);
  return `${name} ${cpu.toFixed(1)} µs CPU a request, ${Math.round(rps)} a second, p99 ${p99.toFixed(2)} ms${told}`;
}
