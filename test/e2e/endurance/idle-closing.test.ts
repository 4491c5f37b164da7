// An upstream that closes connections just when they may be used again, as web servers do after a few seconds.
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Edge, startEdge } from '../edge-process.ts';
import { figure, record } from '../figures.ts';
import { errand } from './errand.ts';
import { type ErrandUpstream, startErrandUpstream } from './errand-upstream.ts';
import { browserAgent, inParallel, perform, Tally } from './load.ts';

const REQUESTS = figure(2_000, 20_000);
const VISITORS = 50;
const IDLE_MS = 50;

let upstream: ErrandUpstream;
let edge: Edge;
const agents = Array.from({ length: VISITORS }, browserAgent);

beforeAll(async () => {
  upstream = await startErrandUpstream();
  edge = await startEdge({
    routes: 'routes: {}\n',
    environment: { LEGACY_URL: upstream.url, ACCESS_LOG: 'off' },
  });
});
afterAll(async () => {
  for (const agent of agents) agent.destroy();
  await edge.stop();
  upstream.close();
});

/** Closes each connection between 0 and 50 ms after its last answer; returns how many it has closed. */
function closeIdleConnections(): () => number {
  const asked = new WeakMap<Socket, number>();
  let closed = 0;
  upstream.server.on('request', (req, res) => {
    const { socket } = req;
    const number = (asked.get(socket) ?? 0) + 1;
    asked.set(socket, number);
    res.on('finish', async () => {
      await delay(Math.random() * IDLE_MS);
      // A request that has come by now is one that this server knows of: it would not close on it.
      if (asked.get(socket) !== number || socket.destroyed) return;
      closed += 1;
      socket.destroy();
    });
  });
  return () => closed;
}

it(`serves ${REQUESTS} requests, half of them POST, while idle connections are closed all the time`, async () => {
  const closed = closeIdleConnections();
  const tally = new Tally();
  await inParallel(REQUESTS, VISITORS, async (number, lane) => {
    const one = errand(number);
    const agent = agents[lane] ?? browserAgent();
    tally.add(one, await perform(edge.url, agent, one));
    await delay(Math.random() * IDLE_MS);
  });

  expect(tally.count).toBe(REQUESTS);
  // Connections were used again, and closed in between.
  expect(closed()).toBeGreaterThan(REQUESTS / 20);
  expect(closed()).toBeLessThan(REQUESTS * 0.95);
  const failedGets = tally.told('GET');
  const twice = upstream.twice();
  expect(failedGets).toEqual([]);
  expect(twice).toEqual([]);
  // A POST that met a closed connection is answered honestly, and was not executed.
  const lost = tally.others.filter(({ what }) => what !== 'status 502');
  expect(lost).toEqual([]);
  const executedAllTheSame = tally.others.filter(({ errand: { nonce } }) => upstream.executed.has(nonce));
  expect(executedAllTheSame).toEqual([]);
  expect(upstream.executed.size + tally.others.length).toBe(REQUESTS / 2);
  record({
    figure: 'Requests while the upstream closes idle connections after 0 to 50 ms, half GET, half POST',
    demanded: `${REQUESTS} requests: no failed GET, no POST executed twice`,
    measured: `${closed()} connections closed; GETs failed: ${failedGets.length}; POSTs executed twice: ${twice.length}; POSTs answered 502: ${tally.others.length}, executed all the same: ${executedAllTheSame.length}`,
  });
});
