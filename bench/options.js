// The command line of `npm run bench`.

import { parseArgs } from 'node:util';

/**
 * @typedef {object} Options
 * @property {boolean} help
 * @property {boolean} quick
 * @property {string | undefined} json
 * @property {string[]} only names of subjects; empty for all
 * @property {number | undefined} rounds
 * @property {number | undefined} rate
 * @property {string | undefined} profile the name of a subject
 */

/** A command line that cannot be understood. */
export class UsageError extends Error {}

/**
 * Parses the arguments.
 *
 * @param {string[]} args
 * @returns {Options}
 * @throws {UsageError}
 */
export function parseOptions(args) {
  const { values } = parsed(args);
  return {
    help: values.help ?? false,
    quick: values.quick ?? false,
    json: values.json,
    only: (values.only ?? '').split(',').filter((name) => name !== ''),
    rounds: positive('--rounds', values.rounds),
    rate: positive('--rate', values.rate),
    profile: values.profile,
  };
}

/** @param {string[]} args */
function parsed(args) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean', short: 'h' },
        quick: { type: 'boolean' },
        json: { type: 'string' },
        only: { type: 'string' },
        rounds: { type: 'string' },
        rate: { type: 'string' },
        profile: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {string} name
 * @param {string | undefined} text
 */
function positive(name, text) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`${name} takes a whole number above 0, not ${text}`);
}

/**
 * Words the help.
 *
 * @param {readonly { name: string, title: string }[]} subjects
 */
export function helpText(subjects) {
  const width = Math.max(...subjects.map(({ name }) => name.length));
  const list = subjects.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join('\n');
  return `Usage: npm run bench -- [options]

Measures Banyan and others side by side on this machine: each on one core, one after the other in
several rounds, with the load and an nginx upstream on another core. A full run takes some 35 minutes
and rewrites docs/performance.md. Nothing else should run meanwhile.

Options:
  --quick          one short round of the main figures, under 90 seconds; docs are left alone
  --only NAME,...  only these subjects; docs are left alone
  --json FILE      write everything that was measured
  --rounds N       how many rounds (5; with --quick 1)
  --rate N         requests per second for the latencies (half of what http-proxy can do)
  --profile NAME   take a CPU profile of a subject under load and print where its time goes
  --help           this text

Subjects:
${list}
`;
}
