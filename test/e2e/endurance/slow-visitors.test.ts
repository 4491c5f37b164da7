// Hundreds of connections that are slow on purpose, and everybody else meanwhile.
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Edge, startEdge } from '../edge-process.ts';
import { figure, proving, record } from '../figures.ts';
import { ask, workersOf } from '../visitor.ts';
import { type ErrandUpstream, startErrandUpstream } from './errand-upstream.ts';
import { watchGrowth } from './process-state.ts';
import { attack } from './slow-attack.ts';
import { keepAsking } from './steady-load.ts';

const HANDLERS = fileURLToPath(new URL('../handlers-under-test', import.meta.url));
const CONNECTIONS = figure(100, 500);
const SECONDS = figure(6, 40);

const PAGE_EVERY_MS = 50;

const routesTo = (errands: string) => `upstreams: { errands: "${errands}" }
routes:
  hello: { match: GET /hello, handler: hello, stage: new }
  errands: { match: "ANY /errand/*", upstream: errands, stage: new }
`;

let upstream: ErrandUpstream;
let edge: Edge;

beforeAll(async () => {
  upstream = await startErrandUpstream();
  edge = await startEdge({
    routes: routesTo(upstream.url),
    environment: { HANDLERS, ACCESS_LOG: 'off' },
  });
});
afterAll(async () => {
  await edge.stop();
  upstream.close();
});

/** Asks legacy, PHP and a handler in turn until told to stop; lists what was not as it should be. */
function keepReading(): {
  stop(): Promise<{ readonly count: number; readonly troubles: readonly string[] }>;
} {
  const troubles: string[] = [];
  let count = 0;
  let stopped = false;
  const expected = [
    ['/static/style.css', '{'],
    ['/pages/about', '</html>'],
    ['/hello', 'hello'],
  ] as const;
  const reading = (async () => {
    while (!stopped) {
      for (const [path, part] of expected) {
        await delay(PAGE_EVERY_MS);
        const answer = await ask(`${edge.url}${path}`).catch((error: Error) => error);
        count += 1;
        if (answer instanceof Error) troubles.push(`${path}: ${answer.message}`);
        else if (answer.status !== 200 || !answer.text.includes(part))
          troubles.push(`${path}: ${answer.status}`);
      }
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await reading;
      return { count, troubles };
    },
  };
}

describe.each([
  ['heads', '/pages/about', ['-H', '-i', '2', '-x', '24']],
  ['bodies', '/whoami.php', ['-B', '-i', '2', '-s', '8192', '-x', '24']],
  [
    'readers',
    '/errand/slow?answer=262144&thinks=0',
    ['-X', '-w', '256', '-y', '512', '-n', '1', '-z', '32', '-k', '3'],
  ],
] as const)('slow %s', { concurrent: !proving }, (what, path, mode) => {
  it(`on ${CONNECTIONS} connections keep nobody else from being served`, async () => {
    const load = keepAsking(edge.url, { visitors: 20, perSecond: 100 });
    const pages = keepReading();
    const workers = workersOf(edge.pid);
    const growth = watchGrowth(workers);
    const { statuses, end } = await attack(`${edge.url}${path}`, mode, {
      connections: CONNECTIONS,
      seconds: SECONDS,
    });
    const grown = growth.stop();
    const { tally, slowestMs } = await load.stop();
    const { count, troubles } = await pages.stop();

    expect(tally.told()).toEqual([]);
    expect(troubles).toEqual([]);
    expect(workersOf(edge.pid)).toEqual(workers);
    // It did happen: the edge has taken all of these connections, and most of them at once.
    const most = Math.max(...statuses.map(({ connected }) => connected));
    expect(most, JSON.stringify({ statuses, end })).toBeGreaterThan(CONNECTIONS / 2);
    expect(statuses.every(({ available }) => available)).toBe(true);
    const last = statuses.at(-1);
    record({
      figure: `slowhttptest, slow ${what} on ${CONNECTIONS} connections for ${SECONDS} s`,
      demanded: 'well-behaved requests all served',
      measured: `${tally.right + count} served, 0 not, the slowest after ${Math.round(slowestMs)} ms; at most ${most} slow connections at once, ${last?.closed} closed by the edge; ${grown.toFixed(0)} MiB more memory`,
    });
  }, 300_000);
});
