// What is left in a worker after many requests, visitors who left, and WebSockets.
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Edge, startEdge, waitUntil } from '../edge-process.ts';
import { figure, record } from '../figures.ts';
import { ask, workersOf } from '../visitor.ts';
import { abort, MOMENTS } from './aborts.ts';
import { errand } from './errand.ts';
import { type ErrandUpstream, startErrandUpstream } from './errand-upstream.ts';
import { inParallel, perform, Tally } from './load.ts';
import { connectionStates, descriptorsOf } from './process-state.ts';
import { ENDINGS, useWebSocket } from './web-socket.ts';

const HANDLERS = fileURLToPath(new URL('../handlers-under-test', import.meta.url));
const REQUESTS = figure(4_000, 100_000);
const WEB_SOCKETS = figure(80, 2_000);
/** What a worker has compiled and cached is there before the first measurement. */
const WARM_UP = figure(4_000, 20_000);
const ABORT_EVERY = 20;
const WIDTH = 40;
const SPARE_DESCRIPTORS = 5;
const SPARE_HEAP = 1.1;
/** Within it connections that visitors have left are gone: the edge allows half-closed ones 0.5 s. */
const REST_MS = 5_000;

let upstream: ErrandUpstream;
let edge: Edge;
let worker: number;

beforeAll(async () => {
  upstream = await startErrandUpstream();
  edge = await startEdge({
    routes: 'routes:\n  heap: { match: GET /heap, handler: heap, stage: new }\n',
    environment: { HANDLERS, LEGACY_URL: upstream.url, ACCESS_LOG: 'off' },
  });
  worker = workersOf(edge.pid)[0] ?? 0;
});
afterAll(async () => {
  await edge.stop();
  upstream.close();
});

type Load = { readonly tally: Tally; readonly aborted: number; readonly troubles: readonly string[] };

/** Runs requests, every twentieth of which is given up by its visitor, with WebSockets spread over them. */
async function run(requests: number, webSockets: number): Promise<Load> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: WIDTH });
  const tally = new Tally();
  const troubles: string[] = [];
  let aborted = 0;
  const requestsDone = inParallel(requests, WIDTH, async (number) => {
    const one = errand(number);
    if (number % ABORT_EVERY !== 7) return tally.add(one, await perform(edge.url, agent, one));
    const moment = MOMENTS[aborted % MOMENTS.length] ?? 'in the answer';
    aborted += 1;
    await abort(edge.url, one, moment).catch((error) => troubles.push(`${moment}: ${error}`));
  });
  const webSocketsDone = inParallel(webSockets, 4, async (number) => {
    const trouble = await useWebSocket(
      edge.url,
      `w${number}`,
      ENDINGS[number % ENDINGS.length] ?? ENDINGS[0],
    );
    if (trouble) troubles.push(trouble);
  });
  await Promise.all([requestsDone, webSocketsDone]);
  agent.destroy();
  return { tally, aborted, troubles };
}

/** Waits until the upstream has nobody left and the worker keeps no connection; tells what it holds then. */
async function atRest(): Promise<{
  heap: number;
  descriptors: number;
  states: Record<string, number>;
  waitedMs: number;
}> {
  const started = performance.now();
  const rest = async () => {
    upstream.hangUp();
    const { ESTABLISHED = 0, CLOSE_WAIT = 0 } = connectionStates(worker);
    return ESTABLISHED + CLOSE_WAIT === 0;
  };
  await waitUntil(rest, edge.ended, () => JSON.stringify(connectionStates(worker)));
  const waitedMs = performance.now() - started;
  const heap = Number((await ask(`${edge.url}/heap`)).text);
  await waitUntil(rest, edge.ended, () => JSON.stringify(connectionStates(worker)));
  return { heap, descriptors: descriptorsOf(worker).length, states: connectionStates(worker), waitedMs };
}

it(`leaves nothing behind after ${REQUESTS} requests, ${REQUESTS / ABORT_EVERY} of them given up, and ${WEB_SOCKETS} WebSockets`, async () => {
  await run(WARM_UP, WEB_SOCKETS / 4);
  const before = await atRest();
  const { tally, aborted, troubles } = await run(REQUESTS, WEB_SOCKETS);
  const after = await atRest();

  expect(troubles).toEqual([]);
  expect(aborted).toBe(REQUESTS / ABORT_EVERY);
  expect(tally.told()).toEqual([]);
  expect(tally.right + aborted).toBe(REQUESTS);
  expect(workersOf(edge.pid)).toEqual([worker]);
  expect(after.states).toEqual({ LISTEN: 1 });
  expect(Math.max(before.waitedMs, after.waitedMs)).toBeLessThan(REST_MS);
  expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + SPARE_DESCRIPTORS);
  expect(after.heap).toBeLessThanOrEqual(before.heap * SPARE_HEAP);
  const mib = (bytes: number) => (bytes / 1024 / 1024).toFixed(1);
  record({
    figure: `${REQUESTS} requests, ${aborted} of them given up by the visitor, and ${WEB_SOCKETS} WebSockets`,
    demanded:
      'heap after GC within 10% and file descriptors within 5 of the start (after warm-up), no CLOSE_WAIT in the end',
    measured: `heap ${mib(before.heap)}, then ${mib(after.heap)} MiB; descriptors ${before.descriptors}, then ${after.descriptors}; sockets in CLOSE_WAIT at the end ${after.states.CLOSE_WAIT ?? 0}, after at most ${(Math.max(before.waitedMs, after.waitedMs) / 1_000).toFixed(1)} s; ${tally.right} answered right, ${tally.others.length} otherwise`,
  });
}, 600_000);
