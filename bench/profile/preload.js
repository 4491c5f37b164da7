// Loaded into every Node process of a subject that is profiled: SIGUSR2 starts V8's sampling profiler, another
// one stops it and writes the profile. `node --cpu-prof` would not reach workers, and would take in the start.

import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';

const EVERY_MICROSECONDS = 200;

const directory = process.env.BENCH_PROFILES ?? '.';
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.setSamplingInterval', { interval: EVERY_MICROSECONDS });

let runs = false;
process.prependListener('SIGUSR2', () => {
  if (runs) return session.post('Profiler.stop', (_error, { profile }) => write(profile));
  runs = true;
  session.post('Profiler.start');
});

/** @param {import('node:inspector').Profiler.Profile} profile */
function write(profile) {
  runs = false;
  writeFileSync(join(directory, `${process.pid}.cpuprofile`), JSON.stringify(profile));
}
