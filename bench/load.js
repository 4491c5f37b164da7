// Making load: wrk for as much as a subject can take where wrk is there, our own generator for everything else.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { parseWrk, wrkArguments, wrkScript } from './load/wrk.js';
import { runProgram } from './place.js';

/** @typedef {import('./place.js').Place} Place */
/** @typedef {import('./load/request.js').Request} Request */
/** @typedef {import('./load/generator.js').Task} Task */

const GENERATOR = fileURLToPath(new URL('./load/generator.js', import.meta.url));
const SPARE_MS = 20_000;

/** What most loads use. */
export const CONNECTIONS = 32;
/** More than a rate needs while answers come quickly, so that slow ones do not hold up the next. */
const RATE_CONNECTIONS = 64;

/**
 * @typedef {object} Load
 * @property {string} name what saturates, for the report
 * @property {(port: number, request: Request, seconds: number) => Promise<{ requests: number, errors: number }>} saturate
 * @property {(port: number, request: Request, seconds: number, rate: number)
 *   => Promise<{ p50: number, p99: number, late: number, errors: number, requests: number }>} keepRate
 * @property {(port: number, path: string, seconds: number)
 *   => Promise<{ status: number, messages: number, errors: number }>} echo
 * @property {(port: number, request: Request, connections: number, seconds: number)
 *   => import('./place.js').Program} idle the program that holds idle connections
 */

/**
 * Creates what makes load.
 *
 * @param {Place} place
 * @param {import('./peers.js').Peer | undefined} wrk
 * @returns {Load}
 */
export function createLoad(place, wrk) {
  const generate = (/** @type {Task} */ task) => runGenerator(place, task);
  return {
    name: wrk === undefined ? 'own generator' : `wrk ${wrk.version}`,
    saturate: (port, request, seconds) =>
      wrk === undefined
        ? generate({ kind: 'saturate', port, request, seconds, connections: CONNECTIONS, rate: 0 })
        : runWrk(place, wrk.path, port, request, seconds),
    keepRate: (port, request, seconds, rate) =>
      generate({ kind: 'rate', port, request, seconds, rate, connections: RATE_CONNECTIONS }),
    echo: (port, path, seconds) =>
      generate({ kind: 'websocket', port, request: get(path), seconds, connections: CONNECTIONS, rate: 0 }),
    idle: (port, request, connections, seconds) =>
      program({ kind: 'idle', port, request, connections, seconds, rate: 0 }),
  };
}

/**
 * Makes a plain GET.
 *
 * @param {string} path
 * @param {Request['fields']} [fields]
 * @returns {Request}
 */
export function get(path, fields = []) {
  return { method: 'GET', path, fields, bodyBytes: 0 };
}

/**
 * @param {Place} place
 * @param {Task} task
 */
async function runGenerator(place, task) {
  const output = await runProgram(place, program(task), task.seconds * 1_000 + SPARE_MS);
  return JSON.parse(output);
}

/**
 * @param {Task} task
 * @returns {import('./place.js').Program}
 */
function program(task) {
  const args = [GENERATOR, JSON.stringify(task)];
  return {
    name: 'load',
    core: 'load',
    command: process.execPath,
    args,
    yields: task.kind === 'rate',
  };
}

/**
 * @param {Place} place
 * @param {string} path of wrk
 * @param {number} port
 * @param {Request} request
 * @param {number} seconds
 */
async function runWrk(place, path, port, request, seconds) {
  const script = request.bodyBytes > 0 ? join(place.directory, 'wrk.lua') : undefined;
  if (script !== undefined) writeFileSync(script, wrkScript(request));
  const args = wrkArguments({ port, request, seconds, script, connections: CONNECTIONS });
  const wrk = { name: 'load', core: /** @type {const} */ ('load'), command: path, args };
  return parseWrk(await runProgram(place, wrk, seconds * 1_000 + SPARE_MS));
}
