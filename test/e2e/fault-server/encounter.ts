// Encounters: kinds of fault in which the visitor has a part as well. Each is played many times, and good requests to
// the same upstream must not notice.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Edge, startEdge } from '../edge-process.ts';
import { figure, record } from '../figures.ts';
import { workersOf } from '../visitor.ts';
import { escaped, socketsOf, waitForSockets } from './aftermath.ts';
import { type FaultServer, slugOf, startFaultServer } from './fault-server.ts';
import { hiddenIn, type Kind } from './kind.ts';
import { RawVisitor } from './raw-visitor.ts';
import { askRightly, newNonce, type Tally } from './round.ts';
import { repeat, slowestSoon, verdict } from './rounds.ts';

export type Encounter = Omit<Kind, 'sees'> & {
  /** Does the visitor's part, and holds what comes against what may. Throws if it does not fit. */
  readonly visit: (visitor: RawVisitor, path: string, nonce: string) => Promise<void>;
};

const ROUNDS = figure(2, 50);
const LANES = 2;

/** Registers a test for each encounter, and those of what must hold after them. */
export function testEncounters(
  who: string,
  encounters: readonly Encounter[],
  proof: { figure: string; demanded: string; soon: string },
): void {
  const tally: Tally = { sights: new Map(), good: 0, failed: new Set() };
  let server: FaultServer;
  let edge: Edge;
  let workers: readonly number[];
  let socketsBefore: number;

  beforeAll(async () => {
    server = await startFaultServer(encounters.map((encounter) => ({ ...encounter, sees: [] })));
    edge = await startEdge({ routes: server.routes });
    workers = workersOf(edge.pid);
    socketsBefore = socketsOf(edge);
  });
  afterAll(async () => {
    await edge?.stop();
    await server?.close();
  });

  describe.concurrent(who, () => {
    it.each(encounters.map((one) => [one.name, one] as const))('%s', async (_name, encounter) => {
      tally.failed.add(encounter.name);
      await repeat(ROUNDS, LANES, () => meet(encounter, { edge, server }, tally));
      tally.failed.delete(encounter.name);
    });
  });

  describe('afterwards', () => {
    it('nothing has escaped, and the same workers serve', () => {
      expect(server.violations).toEqual([]);
      expect(escaped(edge)).toEqual([]);
      expect(workersOf(edge.pid)).toEqual(workers);
    });

    it('no connection is left behind', async () => {
      await server.close();
      await waitForSockets(edge, socketsBefore);
      const measured = `${encounters.length} kinds ${ROUNDS} times each, ${verdict(tally.failed)}; ${tally.good} good requests between them; ${proof.soon} within ${slowestSoon()} ms`;
      record({ figure: proof.figure, demanded: proof.demanded, measured });
    });
  });
}

async function meet(
  encounter: Encounter,
  { edge, server }: { edge: Edge; server: FaultServer },
  tally: Tally,
): Promise<void> {
  const port = Number(new URL(edge.url).port);
  const nonce = newNonce();
  const visitor = await RawVisitor.connect(port);
  try {
    await encounter.visit(visitor, `/${slugOf(encounter)}/fault/${nonce}`, nonce);
    await server.played(nonce);
    await askRightly(port, slugOf(encounter), tally);
    if (server.timesAsked(hiddenIn(nonce)) > 0) throw new Error('a body was taken for a request');
  } finally {
    visitor.leave();
  }
}
