// The parts that Banyan's bookshop and tests run on: find them, install or borrow what is missing, or say
// exactly what to do.

import { hasApt, install, installCommand } from './parts/apt.js';
import { catalogue } from './parts/catalogue.js';
import { dockerServes, partFromImage } from './parts/docker.js';
import { findPart } from './parts/find.js';

/** @typedef {import('./parts/find.js').FoundPart} FoundPart */
/** @typedef {Record<string, FoundPart>} FoundParts */

/** What is missing, worded for the person who has to provide it. */
export class MissingParts extends Error {}

/**
 * Finds parts without changing anything.
 *
 * @param {string[]} names
 * @returns {Promise<{ found: FoundParts, missing: { name: string, rejected: string[] }[] }>}
 */
export async function findParts(names) {
  /** @type {FoundParts} */
  const found = {};
  const missing = [];
  for (const result of await Promise.all(names.map(findPart))) {
    if ('found' in result) found[result.found.name] = result.found;
    else missing.push({ name: result.missing, rejected: result.rejected });
  }
  return { found, missing };
}

/**
 * Finds parts and provides what is missing: from packages as root on Debian and Ubuntu, else from images where
 * a Docker engine answers.
 *
 * @param {string[]} names
 * @param {{ root: string, log: (line: string) => void }} options
 * @returns {Promise<FoundParts>}
 * @throws {MissingParts} with the command to type, or with what is missing and what it must be able to do
 */
export async function ensureParts(names, { root, log }) {
  let { found, missing } = await findParts(names);
  if (missing.length === 0) return found;

  const apt = hasApt();
  if (apt && process.getuid?.() === 0) {
    const packages = packagesFor(missing);
    log(`Missing: ${words(missing)}. Installing ${packages.join(' ')} (no system service is started).`);
    await install(packages);
    ({ found, missing } = await findParts(names));
  }
  if (missing.length > 0 && (await dockerServes())) {
    log(`Missing: ${words(missing)}. Docker answers: using images instead.`);
    const borrowed = await Promise.all(missing.map(({ name }) => partFromImage(name, root)));
    for (const part of borrowed) if (part !== undefined) found[part.name] = part;
    missing = missing.filter(({ name }) => found[name] === undefined);
  }
  if (missing.length > 0) throw new MissingParts(advice(missing, apt));
  return found;
}

/**
 * Words what to do about missing parts.
 *
 * @param {{ name: string, rejected: string[] }[]} missing
 * @param {boolean} apt whether packages can be had from apt
 */
export function advice(missing, apt) {
  const lines = missing.flatMap(({ name, rejected }) => [
    `  ${name}: needed is ${catalogue[name]?.does}`,
    ...rejected.map((reason) => `    found, but of no use: ${reason}`),
  ]);
  const cure = apt
    ? ['Install what is missing, then run this command again:', `  ${installCommand(packagesFor(missing))}`]
    : ['Install these, or start a Docker engine, then run this command again.'];
  return [`Missing on this machine:`, ...lines, ...cure].join('\n');
}

/** @param {{ name: string }[]} missing */
function packagesFor(missing) {
  return [...new Set(missing.flatMap(({ name }) => catalogue[name]?.packages ?? []))];
}

/** @param {{ name: string }[]} missing */
function words(missing) {
  return missing.map(({ name }) => name).join(', ');
}
