// What is done to each subject, and what is taken down. Every workload gives figures by name; a figure that a
// subject cannot have is left out, with a note.

import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { run } from '../scripts/services/process.js';
import { BROWSER_FIELDS } from './load/request.js';
import { get } from './load.js';
import { launchOf } from './place.js';
import { coreTime, memory, processorTime } from './proc.js';

/** @typedef {import('./place.js').Place} Place */
/** @typedef {import('./load.js').Load} Load */
/** @typedef {Record<string, number>} Figures */
/** @typedef {{ figures: Figures, notes: string[] }} Measured */

/**
 * @typedef {object} Running a subject that serves
 * @property {import('./subjects.js').Subject} subject
 * @property {number} port
 * @property {number[]} groups the process groups that are counted
 * @property {number} core what they run on
 */

const POST_BYTES = 16 * 1024;
const IDLE_CONNECTIONS = 1_000;
const IDLE_SETTLE_MS = 1_500;
const IDLE_READY_MS = 20_000;

/**
 * Measures the main workload: small GETs, at saturation and at a constant rate.
 *
 * @param {Running} running
 * @param {Load} load
 * @param {{ warm: number, saturate: number, rate: number }} seconds
 * @param {number} rate
 * @returns {Promise<Measured>}
 */
export async function measureGet(running, load, seconds, rate) {
  const request = get(running.subject.path);
  await load.saturate(running.port, request, seconds.warm);
  const full = await perRequest(running, () => load.saturate(running.port, request, seconds.saturate));
  const steady = await load.keepRate(running.port, request, seconds.rate, rate);
  const figures = {
    cpu: full.micros,
    rps: full.requests / seconds.saturate,
    busy: full.busy,
    foreign: full.foreign,
    p50: steady.p50,
    p99: steady.p99,
    late: steady.late,
    peak: memory(running.groups, 'VmHWM'),
  };
  return { figures, notes: errorNotes({ GET: full.errors, 'constant rate': steady.errors }) };
}

/**
 * Measures what else a proxy has to do: a browser's fields, uploads, downloads, WebSockets.
 *
 * @param {Running} running
 * @param {Load} load
 * @param {{ warm: number, further: number }} seconds
 * @returns {Promise<Measured>}
 */
export async function measureFurther(running, load, seconds) {
  const requests = {
    browser: get(running.subject.path, BROWSER_FIELDS),
    post: { method: /** @type {const} */ ('POST'), path: '/upload', fields: [], bodyBytes: POST_BYTES },
    download: get('/large'),
  };
  /** @type {Measured} */
  const all = { figures: {}, notes: [] };
  for (const [name, request] of Object.entries(requests)) {
    await load.saturate(running.port, request, seconds.warm);
    const full = await perRequest(running, () => load.saturate(running.port, request, seconds.further));
    all.figures[`${name}Cpu`] = full.micros;
    all.figures[`${name}Rps`] = full.requests / seconds.further;
    all.notes.push(...errorNotes({ [name]: full.errors }));
  }
  const tunnel = await measureTunnel(running, load, seconds);
  return {
    figures: { ...all.figures, ...tunnel.figures },
    notes: [...all.notes, ...tunnel.notes],
  };
}

/**
 * @param {Running} running
 * @param {Load} load
 * @param {{ warm: number, further: number }} seconds
 * @returns {Promise<Measured>}
 */
async function measureTunnel(running, load, seconds) {
  const warm = await load.echo(running.port, '/echo', seconds.warm);
  if (warm.status !== 101) {
    return { figures: {}, notes: [`no WebSockets: a handshake was answered with ${warm.status}`] };
  }
  const full = await perRequest(running, async () => {
    const { messages, errors } = await load.echo(running.port, '/echo', seconds.further);
    return { requests: messages, errors };
  });
  const figures = { tunnelCpu: full.micros, tunnelRps: full.requests / seconds.further };
  return { figures, notes: errorNotes({ WebSocket: full.errors }) };
}

/**
 * Measures the memory that 1,000 idle connections take, in a subject that has served a little.
 *
 * @param {Running} running
 * @param {Load} load
 * @param {Place} place
 * @returns {Promise<Measured>}
 */
export async function measureIdle(running, load, place) {
  const request = get(running.subject.path);
  await load.saturate(running.port, request, 1);
  await delay(IDLE_SETTLE_MS);
  const before = memory(running.groups, 'VmRSS');
  const launch = launchOf(place, load.idle(running.port, request, IDLE_CONNECTIONS, 60));
  rmSync(launch.log, { force: true });
  const holder = await run(launch);
  try {
    await untilReady(launch.log, place.signal);
    await delay(IDLE_SETTLE_MS);
    const after = memory(running.groups, 'VmRSS');
    return { figures: { idle: after, idleEach: (after - before) / IDLE_CONNECTIONS }, notes: [] };
  } finally {
    await holder.stop();
  }
}

/**
 * @param {string} log
 * @param {AbortSignal} signal
 */
async function untilReady(log, signal) {
  const deadline = Date.now() + IDLE_READY_MS;
  while (!readFileSync(log, 'utf8').includes('ready')) {
    signal.throwIfAborted();
    if (Date.now() > deadline) throw new Error(`idle connections: ${readFileSync(log, 'utf8').slice(-400)}`);
    await delay(50);
  }
}

/**
 * Takes the processor time of a subject over some work.
 *
 * @param {Running} running
 * @param {() => Promise<{ requests: number, errors: number }>} work
 * @throws {Error} when processes came or went: their time would be missing
 */
async function perRequest({ groups, subject, core }, work) {
  const started = { at: performance.now(), core: coreTime(core) };
  const before = processorTime(groups);
  const { requests, errors } = await work();
  const after = processorTime(groups);
  if (before.pids.join() !== after.pids.join() || before.pids.length === 0) {
    throw new Error(`${subject.name}: a process came or went while it was measured`);
  }
  const seconds = after.seconds - before.seconds;
  const elapsed = (performance.now() - started.at) / 1_000;
  const foreign = Math.max(0, coreTime(core) - started.core - seconds) / elapsed;
  return { requests, errors, foreign, busy: seconds / elapsed, micros: (seconds * 1e6) / requests };
}

/** @param {Record<string, number>} errors */
function errorNotes(errors) {
  return Object.entries(errors).flatMap(([name, count]) => (count > 0 ? [`${name}: ${count} errors`] : []));
}
