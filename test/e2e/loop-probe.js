// Loaded into the processes that an edge starts, with --import: notes each late turn of their event loops, and how
// much of it they were ready to go on but waited for a processor (/proc/PID/task/PID/schedstat, in nanoseconds).
import { appendFileSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

const EVERY_MS = 5;
const LATE_MS = 5;

const { LOOP_PROBE } = process.env;
const isPrimary = process.argv[1]?.endsWith('main.js');
if (LOOP_PROBE !== undefined && !isPrimary) watch(join(LOOP_PROBE, String(process.pid)));

/** @param {string} file */
function watch(file) {
  const waitedSoFar = waitReader();
  let last = performance.now();
  let waited = waitedSoFar();
  const turn = () => {
    const now = performance.now();
    const waitedNow = waitedSoFar();
    const late = now - last - EVERY_MS;
    if (late > LATE_MS) {
      const noted = { at: performance.timeOrigin + now, late, waited: Math.min(late, waitedNow - waited) };
      appendFileSync(file, `${JSON.stringify(noted)}\n`);
    }
    last = now;
    waited = waitedNow;
  };
  setInterval(turn, EVERY_MS).unref();
}

/**
 * Milliseconds that the main thread has waited for a processor; none where the kernel does not count them.
 *
 * @returns {() => number}
 */
function waitReader() {
  const buffer = Buffer.alloc(100);
  try {
    const descriptor = openSync(`/proc/${process.pid}/task/${process.pid}/schedstat`, 'r');
    return () => {
      const length = readSync(descriptor, buffer, 0, buffer.length, 0);
      return Number(buffer.toString('latin1', 0, length).split(' ')[1]) / 1e6;
    };
  } catch {
    return () => 0;
  }
}
