// Workers replaced again and again while visitors keep their connections, as browsers do.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Edge, startEdge, waitUntil } from '../edge-process.ts';
import { figure, record } from '../figures.ts';
import { workersOf } from '../visitor.ts';
import { type ErrandUpstream, startErrandUpstream } from './errand-upstream.ts';
import { keepAsking } from './steady-load.ts';

const ROUNDS = figure(2, 30);
/** Together 200 requests a second: by visitors who click on and on, and by visitors who pause for three seconds. */
const BUSY = { name: 'busy', visitors: 30, perSecond: 150 };
const PAUSING = { name: 'pausing', visitors: 150, perSecond: 50 };
const PER_SECOND = BUSY.perSecond + PAUSING.perSecond;
const WORKERS = 2;

let upstream: ErrandUpstream;
let edge: Edge;

beforeAll(async () => {
  upstream = await startErrandUpstream();
  edge = await startEdge({
    routes: 'routes: {}\n',
    environment: { LEGACY_URL: upstream.url, ACCESS_LOG: 'off', WORKERS: `${WORKERS}` },
  });
});
afterAll(async () => {
  await edge.stop();
  upstream.close();
});

/** Replaces the workers for the `round`th time, and waits until those before have gone. */
async function replaceWorkers(round: number): Promise<void> {
  const before = workersOf(edge.pid);
  const now = () => `workers ${before}, now ${workersOf(edge.pid)}`;
  edge.signal('SIGUSR2');
  await waitUntil(async () => timesReplaced() === round, edge.ended, now);
  await waitUntil(async () => workersOf(edge.pid).every((pid) => !before.includes(pid)), edge.ended, now);
}

function timesReplaced(): number {
  return edge.log().filter(({ msg }) => msg === 'all workers have been replaced').length;
}

it(`loses nothing while the workers are replaced ${ROUNDS} times under ${PER_SECOND} requests a second`, async () => {
  const loads = [keepAsking(edge.url, BUSY), keepAsking(edge.url, PAUSING)];
  for (let round = 1; round <= ROUNDS; round += 1) await replaceWorkers(round);
  const ends = await Promise.all(loads.map((load) => load.stop()));

  expect(ends.flatMap(({ tally }) => tally.told())).toEqual([]);
  const requests = ends.reduce((sum, { tally }) => sum + tally.right, 0);
  const posts = ends.reduce((sum, { tally }) => sum + Math.floor(tally.right / 2), 0);
  const resent = ends.reduce((sum, end) => sum + end.resent, 0);
  expect(upstream.executed.size).toBe(posts);
  expect(upstream.twice()).toEqual([]);
  expect(timesReplaced()).toBe(ROUNDS);
  record({
    figure: `USR2 ${ROUNDS} times under ${PER_SECOND} keep-alive requests a second, half POST`,
    demanded: 'nothing refused, nothing reset, no POST lost',
    measured: `${requests} requests, all answered right; ${posts} POSTs, each executed once; asked again by the browser, since a kept connection was closed as it was used: ${resent}`,
  });
}, 600_000);
