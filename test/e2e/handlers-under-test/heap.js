// Collects garbage and tells what the worker's heap holds then, in bytes.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { defineHandler } from 'banyan-edge';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

export default defineHandler({ session: false }, () => {
  collect();
  collect();
  return `${process.memoryUsage().heapUsed}`;
});
