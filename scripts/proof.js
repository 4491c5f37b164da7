// docs/proof.md: the figures that `npm run prove` measured, as a table.

import { cpus, totalmem } from 'node:os';

/** @typedef {{ figure: string, demanded: string, measured: string }} Result what tests append, a JSON line each */

/**
 * Reads the lines that tests appended; a line that is not a result is a mistake of that test.
 *
 * @param {string} text
 * @returns {Result[]}
 */
export function parseResults(text) {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { figure, demanded, measured } = JSON.parse(line);
      return { figure: String(figure), demanded: String(demanded), measured: String(measured) };
    });
}

/** Words the machine that measures. */
export function machine() {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores, ${memory} GiB, Node ${process.versions.node}`;
}

/**
 * Renders the page.
 *
 * @param {Result[]} results
 * @param {{ date: string, machine: string, count: { passed: number, failed: number } }} run
 */
export function renderProof(results, { date, machine: where, count }) {
  const rows = [...results]
    .sort((a, b) => a.figure.localeCompare(b.figure, 'en'))
    .map(({ figure, demanded, measured }) => `| ${[figure, demanded, measured].map(cell).join(' | ')} |`);
  return `# Proof

Written by \`npm run prove\`: the tests with the full figures of what was demanded.

${date}, ${where}: ${count.passed} passed, ${count.failed} failed.

| figure | demanded | measured |
|---|---|---|
${rows.map((row) => `${row}\n`).join('')}`;
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
