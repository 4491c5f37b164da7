// From samples to figures: medians over the rounds, ratios within them, and what was demanded. Pure.

import { median, medianRatio, spread } from './statistics.js';

/** @typedef {import('./rounds.js').Sample} Sample */

/**
 * @typedef {object} Result one subject's figures
 * @property {string} name
 * @property {string} title
 * @property {'forward' | 'answer'} kind
 * @property {string} version
 * @property {Record<string, number>} medians
 * @property {Record<string, number>} ratios CPU over that of http-proxy, nginx, caddy; `p99` over http-proxy's
 * @property {number} spread of the CPU figure over the rounds
 * @property {string[]} notes each once
 */

/** @typedef {{ figure: string, limit: number, measured: number | undefined }} Demand */

const DISTURBED = 0.1;
/** From here on a p99 is the load's as much as the subject's. */
const LATE = 0.01;

const BASES = ['http-proxy', 'nginx', 'caddy', 'express', 'nginx-express'];

/**
 * Sums up.
 *
 * @param {readonly { name: string, title: string, kind: 'forward' | 'answer', version: string }[]} subjects
 * @param {readonly Sample[]} samples
 * @returns {Result[]}
 */
export function summarise(subjects, samples) {
  return subjects.map((subject) => {
    const own = samples.filter((sample) => sample.subject === subject.name);
    const cpu = series(samples, subject.name, 'cpu');
    return {
      ...subject,
      medians: medians(own),
      ratios: ratios(samples, subject.name),
      spread: spread(cpu.filter((value) => value !== undefined)) ?? 0,
      notes: [...new Set(own.flatMap(({ notes }) => notes)), ...disturbance(medians(own))],
    };
  });
}

/**
 * Holds Banyan against what was demanded of it.
 *
 * @param {readonly Sample[]} samples
 * @returns {Demand[]}
 */
export function demands(samples) {
  /** @type {[figure: string, subject: string, base: string, name: string, limit: number][]} */
  const all = [
    ['Forwarded GET: CPU over that of http-proxy', 'banyan', 'http-proxy', 'cpu', 0.65],
    ['Forwarded GET: CPU over that of Caddy with the same table', 'banyan', 'caddy-routes', 'cpu', 0.65],
    ['Forwarded GET: CPU over that of bare Caddy', 'banyan', 'caddy', 'cpu', 0.65],
    ['Forwarded GET: CPU over that of bare nginx', 'banyan', 'nginx', 'cpu', 4.5],
    [
      "Forwarded GET: p99 over that of http-proxy, at half of http-proxy's capacity",
      'banyan',
      'http-proxy',
      'p99',
      1.1,
    ],
    ["Handler in Express's API: CPU over that of Express 5", 'banyan-express', 'express', 'cpu', 0.3],
    [
      "Handler in Express's API: CPU over that of nginx in front of Express 5",
      'banyan-express',
      'nginx-express',
      'cpu',
      0.3,
    ],
  ];
  return all.map(([figure, subject, base, name, limit]) => ({
    figure,
    limit,
    measured: medianRatio(series(samples, subject, name), series(samples, base, name)),
  }));
}

/**
 * Words how much of the subject's core others had meanwhile, for the figures of such a round are worth little, and
 * how much of the load was late by itself, for latencies have that in them.
 *
 * @param {Record<string, number>} figures
 * @returns {string[]}
 */
export function disturbance({ foreign = 0, late = 0 }) {
  return [
    ...(foreign > DISTURBED ? [`disturbed: others had ${percent(foreign)} of its core`] : []),
    ...(late > LATE
      ? [`the load itself sent ${percent(late)} of its requests over 1 ms late, which is in the latencies`]
      : []),
  ];
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(share * 100)}%`;
}

/** @param {readonly Sample[]} samples */
function medians(samples) {
  const names = new Set(samples.flatMap(({ figures }) => Object.keys(figures)));
  const pairs = [...names].map((name) => [
    name,
    median(samples.flatMap(({ figures }) => figures[name] ?? [])),
  ]);
  return Object.fromEntries(pairs);
}

/**
 * @param {readonly Sample[]} samples
 * @param {string} subject
 */
function ratios(samples, subject) {
  const cpu = series(samples, subject, 'cpu');
  const pairs = BASES.map((base) => [base, medianRatio(cpu, series(samples, base, 'cpu'))]);
  pairs.push(['p99', medianRatio(series(samples, subject, 'p99'), series(samples, 'http-proxy', 'p99'))]);
  return Object.fromEntries(pairs.filter(([, ratio]) => ratio !== undefined));
}

/**
 * Lists one figure of one subject, round by round.
 *
 * @param {readonly Sample[]} samples
 * @param {string} subject
 * @param {string} figure
 * @returns {(number | undefined)[]}
 */
function series(samples, subject, figure) {
  const rounds = Math.max(0, ...samples.map(({ round }) => round));
  return Array.from({ length: rounds }, (_, index) => {
    return samples.find((one) => one.subject === subject && one.round === index + 1)?.figures[figure];
  });
}
