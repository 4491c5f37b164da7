// Visitors who ask at a constant rate, whatever becomes of the requests before, over connections that they keep.
import { type Errand, errand } from './errand.ts';
import { browserAgent, perform, Tally } from './load.ts';

export type SteadyLoad = {
  /** Asks no more, and waits until every request has ended. */
  stop(): Promise<{ readonly tally: Tally; readonly slowestMs: number }>;
};

/** Each of `visitors` asks in its turn, so that together they ask `perSecond` times a second. */
export function keepAsking(
  url: string,
  { visitors, perSecond }: { readonly visitors: number; readonly perSecond: number },
  options: Partial<Errand> = {},
): SteadyLoad {
  const agents = Array.from({ length: visitors }, browserAgent);
  const tally = new Tally();
  const asked: Promise<void>[] = [];
  let slowestMs = 0;
  const started = performance.now();
  const ask = async (number: number) => {
    const one = errand(number, options);
    const from = performance.now();
    tally.add(one, await perform(url, agents[number % visitors] ?? browserAgent(), one));
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
      return { tally, slowestMs };
    },
  };
}
