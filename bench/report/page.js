// The generated part of docs/performance.md, and putting it between its markers. Pure.

import { asMarkdown, demandTable, furtherTable, hasFurther, isLoadBound, mainTable } from './tables.js';

/** @typedef {import('../summary.js').Result} Result */

const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

/**
 * @typedef {object} Report
 * @property {string} date
 * @property {string} machine
 * @property {string} load what saturates
 * @property {number} rate
 * @property {import('../rounds.js').Plan} plan
 * @property {Result[]} results
 * @property {import('../summary.js').Demand[]} demands
 * @property {string[]} absent
 */

/**
 * Renders the generated part.
 *
 * @param {Report} report
 * @returns {string}
 */
export function renderFigures(report) {
  const forward = report.results.filter(({ kind }) => kind === 'forward');
  const answer = report.results.filter(({ kind }) => kind === 'answer');
  const parts = [
    `${report.date}, ${report.machine}, load by ${report.load}; ${report.plan.rounds} rounds, latencies at ${report.rate} requests a second.`,
    absence(report.absent),
    asMarkdown(demandTable(report.demands)),
    '### Forwarding',
    asMarkdown(mainTable(forward)),
    bound(report.results),
    '### Answering',
    asMarkdown(mainTable(answer)),
    ...further(forward),
    notes(report.results),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/**
 * The table of further workloads; a short run leaves them out.
 *
 * @param {Result[]} forward
 * @returns {string[]}
 */
function further(forward) {
  return forward.some(hasFurther) ? ['### Further workloads', asMarkdown(furtherTable(forward))] : [];
}

/**
 * Replaces what stands between the markers.
 *
 * @param {string} text of the page
 * @param {string} figures
 * @returns {string}
 * @throws {Error} when the page has no markers
 */
export function insertFigures(text, figures) {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/performance.md has no ${BEGIN} ... ${END}`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${figures}\n\n${text.slice(end)}`;
}

/**
 * Chooses what the chart shows.
 *
 * @param {readonly Result[]} results
 * @returns {import('./chart.js').Panel[]}
 */
export function panelsOf(results) {
  const titles = { forward: 'Forwarding: CPU µs per request', answer: 'Answering: CPU µs per request' };
  return /** @type {const} */ (['forward', 'answer']).map((kind) => ({
    title: titles[kind],
    bars: results
      .filter((result) => result.kind === kind && result.medians.cpu !== undefined)
      .map(({ name, title, medians }) => ({
        label: title,
        value: medians.cpu ?? 0,
        ours: name.startsWith('banyan'),
      })),
  }));
}

/** @param {readonly string[]} absent */
function absence(absent) {
  return absent.length === 0 ? '' : `Absent on this machine, so not measured: ${absent.join(', ')}.`;
}

/** @param {readonly Result[]} results */
function bound(results) {
  return results.some(isLoadBound)
    ? "`+`: the load's core was full before the subject's; it could have answered more."
    : '';
}

/** @param {readonly Result[]} results */
function notes(results) {
  return results.flatMap(({ title, notes: all }) => all.map((note) => `- ${title}: ${note}`)).join('\n');
}
