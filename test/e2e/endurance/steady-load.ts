// Visitors who ask at a constant rate, whatever becomes of the requests before, over connections that they keep.
import { errand } from './errand.ts';
import { browserAgent, performAsBrowser, Tally } from './load.ts';

export type SteadyLoad = {
  /** Asks no more, and waits until every request has ended. */
  stop(): Promise<{ readonly tally: Tally; readonly resent: number; readonly slowestMs: number }>;
};

export type SteadyOptions = {
  /** What the nonces begin with; two loads on one upstream need two names. */
  readonly name?: string;
  readonly visitors: number;
  readonly perSecond: number;
};

/** Each of `visitors` asks in its turn, so that together they ask `perSecond` times a second. */
export function keepAsking(url: string, { name = 'n', visitors, perSecond }: SteadyOptions): SteadyLoad {
  const agents = Array.from({ length: visitors }, browserAgent);
  const tally = new Tally();
  const asked: Promise<void>[] = [];
  let slowestMs = 0;
  let resends = 0;
  const started = performance.now();
  const ask = async (number: number) => {
    const one = errand(number, { nonce: `${name}${number}` });
    const from = performance.now();
    const { end, resent } = await performAsBrowser(url, agents[number % visitors] ?? browserAgent(), one);
    tally.add(one, end);
    if (resent) resends += 1;
    slowestMs = Math.max(slowestMs, performance.now() - from);
  };
  const timer = setInterval(() => {
    const due = ((performance.now() - started) / 1_000) * perSecond;
    while (asked.length < due) asked.push(ask(asked.length));
  }, 5);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(asked);
      for (const agent of agents) agent.destroy();
      if (tally.count !== asked.length)
        throw new Error(`${asked.length} were asked, ${tally.count} have ended`);
      return { tally, resent: resends, slowestMs };
    },
  };
}
