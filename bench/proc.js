// What /proc says about the processes of a subject: processor time and memory. Linux only.

import { readdirSync, readFileSync } from 'node:fs';

/** Processor time in /proc is counted in hundredths of a second on every Linux (USER_HZ). */
const TICKS_PER_SECOND = 100;

/**
 * @typedef {object} ProcessStat
 * @property {number} pid
 * @property {number} parent
 * @property {number} group
 * @property {number} seconds processor time, user and system, all threads
 */

/**
 * Parses /proc/PID/stat. The second field, a name in parentheses, may hold spaces and parentheses.
 *
 * @param {string} text
 * @returns {ProcessStat}
 */
export function parseStat(text) {
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0, group = 0] = fields;
  const ticks = (fields[11] ?? 0) + (fields[12] ?? 0);
  return { pid: Number.parseInt(text, 10), parent, group, seconds: ticks / TICKS_PER_SECOND };
}

/**
 * Parses one field of /proc/PID/status that is given in kB.
 *
 * @param {string} text
 * @param {string} name such as VmHWM
 * @returns {number} bytes; 0 when the field is absent, as for a kernel thread
 */
export function parseMemory(text, name) {
  const line = text.split('\n').find((one) => one.startsWith(`${name}:`));
  return Number.parseInt(line?.slice(name.length + 1) ?? '0', 10) * 1024;
}

/**
 * Lists the processes of some groups. Each subject's service leads a group, and its children stay in it.
 *
 * @param {readonly number[]} groups
 * @returns {ProcessStat[]}
 */
export function processesOf(groups) {
  const wanted = new Set(groups);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => read(`/proc/${name}/stat`))
    .map(parseStat)
    .filter(({ group }) => wanted.has(group));
}

/**
 * Takes the processor time of all processes of some groups.
 *
 * @param {readonly number[]} groups
 * @returns {{ pids: number[], seconds: number }}
 */
export function processorTime(groups) {
  const processes = processesOf(groups);
  const seconds = processes.reduce((sum, one) => sum + one.seconds, 0);
  return { pids: processes.map(({ pid }) => pid), seconds };
}

/**
 * Sums a memory figure over all processes of some groups. Pages that processes share count for each.
 *
 * @param {readonly number[]} groups
 * @param {'VmHWM' | 'VmRSS'} name the peak, or now
 * @returns {number} bytes
 */
export function memory(groups, name) {
  return processesOf(groups)
    .flatMap(({ pid }) => read(`/proc/${pid}/status`))
    .reduce((sum, text) => sum + parseMemory(text, name), 0);
}

/**
 * Lists the processors that this process may use.
 *
 * @param {string} [status]
 * @returns {number[]}
 */
export function allowedCores(status = read('/proc/self/status')[0] ?? '') {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Number.isNaN(first) ? [] : Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/**
 * Parses how long a processor has worked, for whomever, from /proc/stat.
 *
 * @param {string} text
 * @param {number} core
 * @returns {number} seconds
 */
export function parseCoreTime(text, core) {
  const line = text.split('\n').find((one) => one.startsWith(`cpu${core} `)) ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
    .split(' ')
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}

/**
 * Takes how long a processor has worked.
 *
 * @param {number} core
 * @returns {number} seconds
 */
export function coreTime(core) {
  return parseCoreTime(read('/proc/stat')[0] ?? '', core);
}

/**
 * Reads a file of a process that may end at any moment.
 *
 * @param {string} file
 * @returns {[string] | []}
 */
function read(file) {
  try {
    return [readFileSync(file, 'utf8')];
  } catch {
    return [];
  }
}
