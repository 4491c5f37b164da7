// Workers replaced again and again while visitors keep their connections, as browsers do.
import type { Agent } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Edge, startEdge, waitUntil } from '../edge-process.ts';
import { figure, record } from '../figures.ts';
import { workersOf } from '../visitor.ts';
import { errand } from './errand.ts';
import { type ErrandUpstream, startErrandUpstream } from './errand-upstream.ts';
import { browserAgent, type End, perform } from './load.ts';
import { keepAsking } from './steady-load.ts';

const ROUNDS = figure(2, 30);
/** Together 200 requests a second: by visitors who click on and on, and by visitors who pause for three seconds. */
const BUSY = { name: 'busy', visitors: 30, perSecond: 150 };
const PAUSING = { name: 'pausing', visitors: 150, perSecond: 50 };
const PER_SECOND = BUSY.perSecond + PAUSING.perSecond;
const WORKERS = 2;
/** Visitors of each round whose connection is idle when its worker is replaced. */
const IDLERS = 10;

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

/** Replaces the workers for the `round`th time. Those before are still there, for their visitors. */
async function replaceWorkers(round: number): Promise<void> {
  edge.signal('SIGUSR2');
  await waitUntil(
    async () => timesReplaced() === round,
    edge.ended,
    () => `${timesReplaced()} of ${round}`,
  );
}

/** Waits until none of these workers is left. */
async function gone(workers: readonly number[]): Promise<void> {
  const now = () => `workers ${workers}, now ${workersOf(edge.pid)}`;
  await waitUntil(async () => workersOf(edge.pid).every((pid) => !workers.includes(pid)), edge.ended, now);
}

function timesReplaced(): number {
  return edge.log().filter(({ msg }) => msg === 'all workers have been replaced').length;
}

/** Asks once for each agent; lists the ends that were no right answer on a connection which it had kept. */
async function askOnKept(agents: readonly Agent[], nonce: string): Promise<readonly End[]> {
  const ends = await Promise.all(
    agents.map((agent, index) => perform(edge.url, agent, errand(0, { nonce: `${nonce}v${index}` }))),
  );
  return ends.filter((end) => end.kind !== 'right' || !end.reused);
}

/** Replaces the workers while visitors keep connections that are used only then; lists what was not answered on them. */
async function replaceUnderIdlers(round: number): Promise<readonly End[]> {
  const agents = Array.from({ length: IDLERS }, browserAgent);
  const before = workersOf(edge.pid);
  await askOnKept(agents, `before${round}`);
  await replaceWorkers(round);
  const troubles = await askOnKept(agents, `after${round}`);
  for (const agent of agents) agent.destroy();
  await gone(before);
  return troubles;
}

it(`loses nothing while the workers are replaced ${ROUNDS} times under ${PER_SECOND} requests a second`, async () => {
  const loads = [keepAsking(edge.url, BUSY), keepAsking(edge.url, PAUSING)];
  const notKept: End[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) notKept.push(...(await replaceUnderIdlers(round)));
  const ends = await Promise.all(loads.map((load) => load.stop()));
  const sum = (count: (end: (typeof ends)[number]) => number) =>
    ends.reduce((total, end) => total + count(end), 0);

  expect(ends.flatMap(({ tally }) => tally.told())).toEqual([]);
  const [asked, right] = [sum(({ tally }) => tally.count), sum(({ tally }) => tally.right)];
  const posts = sum(({ tally }) => Math.floor(tally.count / 2));
  const resent = sum((end) => end.resent);
  const twice = upstream.twice();
  // The visitors would ask again as browsers do. They never had to.
  expect(resent).toBe(0);
  expect(notKept).toEqual([]);
  expect(upstream.executed.size).toBe(posts);
  expect(twice).toEqual([]);
  expect(timesReplaced()).toBe(ROUNDS);
  record({
    figure: `USR2 ${ROUNDS} times under ${PER_SECOND} keep-alive requests a second, half POST`,
    demanded: 'nothing refused, nothing reset, no POST lost',
    measured: `${right} of ${asked} requests answered right; of ${posts} POSTs ${upstream.executed.size} executed, ${twice.length} of them twice; asked again by the browser, since a kept connection was closed as it was used: ${resent}; connections that were idle meanwhile: ${ROUNDS * IDLERS - notKept.length} of ${ROUNDS * IDLERS} answered when they were used again`,
  });
}, 600_000);
