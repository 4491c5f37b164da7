// The load, in a process of its own: reads what to do from its argument, prints what it saw as JSON.

import { holdIdle } from './idle.js';
import { keepRate } from './rate.js';
import { saturate } from './saturate.js';
import { echoMessages } from './websocket.js';

/**
 * @typedef {object} Task
 * @property {'saturate' | 'rate' | 'idle' | 'websocket'} kind
 * @property {number} port
 * @property {number} connections
 * @property {number} seconds
 * @property {number} rate requests per second, for `rate`
 * @property {import('./request.js').Request} request
 */

const KINDS = { saturate, rate: keepRate, idle: holdIdle, websocket: echoMessages };

const task = /** @type {Task} */ (JSON.parse(process.argv[2] ?? '{}'));
const result = await KINDS[task.kind](task);
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
