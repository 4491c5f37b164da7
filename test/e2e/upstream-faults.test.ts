// What visitors see of upstreams that misbehave: each kind many times, between requests that must not notice.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Edge, startEdge } from './edge-process.ts';
import { escaped, socketsOf, waitForSockets } from './fault-server/aftermath.ts';
import { type FaultServer, slugOf, startFaultServer } from './fault-server/fault-server.ts';
import type { Kind } from './fault-server/kind.ts';
import { cuts } from './fault-server/kinds-of-cuts.ts';
import { framing } from './fault-server/kinds-of-framing.ts';
import { heads } from './fault-server/kinds-of-heads.ts';
import { reuse } from './fault-server/kinds-of-reuse.ts';
import { silence } from './fault-server/kinds-of-silence.ts';
import { stale } from './fault-server/kinds-of-stale.ts';
import { turns } from './fault-server/kinds-of-turns.ts';
import { playRound, type Tally } from './fault-server/round.ts';
import { repeat, verdict } from './fault-server/rounds.ts';
import { figure, record } from './figures.ts';
import { workersOf } from './visitor.ts';

const KINDS: readonly Kind[] = [...silence, ...heads, ...framing, ...cuts, ...reuse, ...stale, ...turns];
const ROUNDS = figure(2, 50);
/** Rounds of one kind that run at the same time. */
const LANES = 2;

const tally: Tally = { sights: new Map(), good: 0, failed: new Set() };
let server: FaultServer;
let edge: Edge;
let workers: readonly number[];
let socketsBefore: number;

beforeAll(async () => {
  server = await startFaultServer(KINDS);
  edge = await startEdge({ routes: server.routes });
  workers = workersOf(edge.pid);
  socketsBefore = socketsOf(edge);
});
afterAll(async () => {
  await edge?.stop();
  await server?.close();
});

describe.concurrent('an upstream that', () => {
  it.each(KINDS.map((kind) => [kind.name, kind] as const))('%s', async (_name, kind) => {
    tally.failed.add(kind.name);
    await repeat(ROUNDS, kind.alone ? 1 : LANES, () => playRound(kind, { edge, server }, tally));
    const own = server.violations.filter((violation) => violation.includes(slugOf(kind)));
    if (own.length > 0) throw new Error(own.join('\n'));
    tally.failed.delete(kind.name);
  });
});

describe('afterwards', () => {
  it('no request has come twice that may not, and no spent connection has been used again', () => {
    expect(server.violations).toEqual([]);
  });

  it('nothing has escaped, and the same workers serve', () => {
    expect(escaped(edge)).toEqual([]);
    expect(workersOf(edge.pid)).toEqual(workers);
  });

  it('no connection is left behind', async () => {
    await server.close();
    await waitForSockets(edge, socketsBefore);
    const sights = [...tally.sights].map(([sight, count]) => `${count} × ${sight}`).join(', ');
    record({
      figure: 'Faults of upstreams, on a TCP server of the project’s own',
      demanded:
        '40 kinds 50 times each; no hung visitor, no cut answer that looks whole, no answer of another request, nothing uncaught',
      measured: `${KINDS.length} kinds ${ROUNDS} times each, ${verdict(tally.failed)}: ${sights}; ${tally.good} good requests between them`,
    });
  });
});
