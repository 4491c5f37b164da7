// A part's program as a command: run directly where this machine has it, in its image where Docker serves.

import { randomBytes } from 'node:crypto';

import { childEnvironment } from '../environment.js';

/** @typedef {import('../parts/find.js').FoundPart} FoundPart */

/**
 * @typedef {object} Place what all services of one start have in common
 * @property {string} root the checkout
 * @property {string} directory where their data lies
 * @property {import('./account.js').Account} account whom they run as
 * @property {import('../parts.js').FoundParts} parts
 * @property {(line: string) => void} log
 */

/**
 * Builds the command line and environment that run a tool of a part.
 *
 * In an image it shares this machine's loopback and sees the same files at the same paths, so that one
 * configuration serves both ways.
 *
 * @param {Place} place
 * @param {FoundPart} part
 * @param {string} tool
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {{ command: string, args: string[], env: Record<string, string>, uid?: number, gid?: number }}
 */
export function commandFor(place, part, tool, args, env = {}) {
  const program = part.tools[tool] ?? tool;
  const home = { HOME: place.directory, TMPDIR: place.directory };
  if (part.image === undefined) {
    return { command: program, args, env: childEnvironment({ ...home, ...env }), ...place.account.drop };
  }
  const { uid, gid } = place.account;
  const flags = [
    '--rm',
    '--interactive',
    '--network=host',
    `--name=banyan-${randomBytes(6).toString('hex')}`,
  ];
  const mounts = [
    `--volume=${place.root}:${place.root}:ro`,
    `--volume=${place.directory}:${place.directory}`,
  ];
  const variables = Object.keys({ ...home, ...env }).map((name) => `--env=${name}`);
  const container = [...flags, `--user=${uid}:${gid}`, ...mounts, ...variables, `--entrypoint=${program}`];
  return {
    command: 'docker',
    args: ['run', ...container, part.image, ...args],
    env: childEnvironment({ ...home, ...env }),
  };
}

/**
 * Looks up a part that must be there.
 *
 * @param {Place} place
 * @param {string} name
 */
export function partOf(place, name) {
  const part = place.parts[name];
  if (part === undefined) throw new Error(`${name} was not looked for`);
  return part;
}
