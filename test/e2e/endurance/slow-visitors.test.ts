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

const READ_SLOWLY = ['-X', '-w', '256', '-y', '512', '-n', '1', '-z', '32', '-k'];

/**
 * In `npm run prove` all but one last longer than what the edge allows: 15 s for a head, 60 s for a body and for a
 * reader who takes nothing. What the system's own buffers hold has left the edge, which then allows any time.
 */
const ATTACKS = [
  {
    ...{ what: 'heads', path: '/pages/about', mode: ['-H', '-i', '2', '-x', '24'] },
    ...{ connections: CONNECTIONS, seconds: figure(6, 40), ends: true },
  },
  {
    ...{ what: 'bodies', path: '/whoami.php', mode: ['-B', '-i', '2', '-s', '8192', '-x', '24'] },
    ...{ connections: CONNECTIONS, seconds: figure(6, 90), ends: true },
  },
  {
    ...{ what: 'readers', path: '/errand/slow?answer=262144&thinks=0', mode: [...READ_SLOWLY, '3'] },
    ...{ connections: CONNECTIONS, seconds: figure(6, 40), ends: false },
  },
  {
    what: 'readers of 6 MiB',
    ...{ path: '/errand/slow?answer=6291456&thinks=0', mode: [...READ_SLOWLY, '1'] },
    // More than the system's buffers hold; each takes megabytes of its memory.
    ...{ connections: CONNECTIONS / 10, seconds: figure(6, 90), ends: true },
  },
];

describe.each(ATTACKS)(
  'slow $what',
  { concurrent: !proving },
  ({ what, path, mode, connections, seconds, ends }) => {
    it(`on ${connections} connections keep nobody else from being served`, async () => {
      const load = keepAsking(edge.url, { visitors: 20, perSecond: 100 });
      const pages = keepReading();
      const workers = workersOf(edge.pid);
      const growth = watchGrowth(workers);
      const { statuses, end } = await attack(`${edge.url}${path}`, mode, {
        connections,
        seconds,
      });
      const grown = growth.stop();
      const { tally, resent, slowestMs } = await load.stop();
      const { count, troubles } = await pages.stop();

      expect(tally.told()).toEqual([]);
      expect(troubles).toEqual([]);
      expect(workersOf(edge.pid)).toEqual(workers);
      // It did happen: the edge has had all of these connections at once.
      const most = Math.max(...statuses.map(({ connected }) => connected));
      const closed = statuses.at(-1)?.closed ?? 0;
      const seen = JSON.stringify({ statuses, end });
      expect(most, seen).toBe(connections);
      // It ends early where the edge has closed every one of them.
      if (proving && ends) expect(end, seen).toMatch(/no open connections left/i);
      expect(statuses.every(({ available }) => available)).toBe(true);
      const asked = tally.count + count;
      const failed = tally.others.length + troubles.length;
      record({
        figure: `slowhttptest, slow ${what} on ${connections} connections for ${seconds} s`,
        demanded: 'well-behaved requests all served',
        measured: `of ${asked} requests ${failed} not served, ${resent} asked again by the browser, the slowest after ${Math.round(slowestMs)} ms; at most ${most} slow connections at once, ${closed} closed by the edge when it last counted, and its end “${end}”; ${grown.toFixed(0)} MiB more memory`,
      });
    }, 300_000);
  },
);
