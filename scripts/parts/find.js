// Finding a part on this machine: every file whose name fits is a candidate, the first capable one is taken.

import { accessSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { searchPath } from '../environment.js';
import { catalogue } from './catalogue.js';

/**
 * @typedef {object} FoundPart
 * @property {string} name
 * @property {Record<string, string>} tools a path (or, in an image, a name) for each tool of the part
 * @property {string} [image] the Docker image that serves instead of programs of this machine
 */

/**
 * Finds a part by what it can do; without one, says what was wrong with each candidate.
 *
 * @param {string} name a name in the catalogue
 * @returns {Promise<{ found: FoundPart } | { missing: string, rejected: string[] }>}
 */
export async function findPart(name) {
  const part = catalogue[name];
  if (part === undefined) throw new Error(`no part is called ${name}`);
  /** @type {string[]} */
  const rejected = [];
  for (const tools of combinations(part.tools)) {
    const lack = await part.lacks(tools);
    if (lack === undefined) return { found: { name, tools } };
    rejected.push(`${Object.values(tools)[0]}: ${lack}`);
  }
  return { missing: name, rejected };
}

/**
 * Pairs each candidate for the first tool with the first candidates for the others.
 *
 * @param {Record<string, RegExp>} patterns
 * @returns {Record<string, string>[]}
 */
function combinations(patterns) {
  const [first, ...others] = Object.entries(patterns).map(
    ([tool, pattern]) => /** @type {const} */ ([tool, candidates(pattern)]),
  );
  if (first === undefined || others.some(([, paths]) => paths.length === 0)) return [];
  const rest = Object.fromEntries(others.map(([tool, paths]) => [tool, paths[0] ?? '']));
  return first[1].map((path) => ({ [first[0]]: path, ...rest }));
}

/**
 * Lists the executable files whose name fits, in the order of the search path, newest version first.
 *
 * @param {RegExp} pattern
 * @param {string[]} [directories]
 * @returns {string[]}
 */
export function candidates(pattern, directories = searchPath()) {
  return directories.flatMap((directory) =>
    entries(directory)
      .filter((name) => pattern.test(name))
      .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
      .map((name) => join(directory, name))
      .filter(isExecutable),
  );
}

/** @param {string} directory */
function entries(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
