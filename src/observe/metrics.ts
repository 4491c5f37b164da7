// Prometheus metrics, made from outcomes. The only file that knows prom-client.
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Outcome } from '../edge/outcome.ts';
import type { PrimaryEvent } from '../edge/process/primary.ts';
import { RequestTally, routeLabel } from './request-tally.ts';

/** The metrics of one worker. */
export type WorkerMetrics = {
  record(outcome: Outcome): void;
  /** A forwarding field was not believed. */
  ignoredForwarding(): void;
  /** A handler has read from the cache; `filler` had filled what it was given. */
  cacheRead(route: string, filler: string): void;
  /** The cache did not do what it should. */
  cacheProblem(code: string): void;
  /** As plain values for the primary. */
  collect(): Promise<unknown>;
};

/** Creates the counters that every request moves. Labels are route names and words from closed lists, never paths. */
export function createWorkerMetrics(): WorkerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'banyan_worker_' });
  const tally = new RequestTally();
  new Counter({
    name: 'banyan_requests_total',
    help: 'Requests, by route, side that answered, reason, and class of status.',
    labelNames: ['route', 'side', 'reason', 'status'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, count } of tally.counts()) this.inc(labels, count);
    },
  });
  const failures = new Counter({
    name: 'banyan_failures_total',
    help: 'What failed while requests were served, by route, part and code.',
    labelNames: ['route', 'part', 'code'],
    registers: [registry],
  });
  const fallbacks = new Counter({
    name: 'banyan_fallbacks_total',
    help: 'Requests that legacy answered because the new side could not.',
    labelNames: ['route'],
    registers: [registry],
  });
  const leaks = new Counter({
    name: 'banyan_leaks_total',
    help: "Answers in which an upstream's own address went out, by route and field.",
    labelNames: ['route', 'field'],
    registers: [registry],
  });
  const ignored = new Counter({
    name: 'banyan_ignored_forwarding_total',
    help: 'Requests whose forwarding fields were not believed: their peer is not in TRUSTED_PROXIES.',
    registers: [registry],
  });
  const cacheReads = new Counter({
    name: 'banyan_cache_reads_total',
    help: 'What handlers read from the cache, by route and by who had filled it.',
    labelNames: ['route', 'filler'],
    registers: [registry],
  });
  const cacheProblems = new Counter({
    name: 'banyan_cache_problems_total',
    help: 'What went wrong with the cache, by code; handlers went on.',
    labelNames: ['code'],
    registers: [registry],
  });
  return {
    cacheRead: (route, filler) => cacheReads.inc({ route, filler }),
    cacheProblem: (code) => cacheProblems.inc({ code }),
    ignoredForwarding: () => ignored.inc(),
    record: (outcome) => {
      tally.add(outcome);
      const route = routeLabel(outcome);
      if (outcome.failure) failures.inc({ route, part: outcome.failure.part, code: outcome.failure.code });
      if (outcome.fallback) fallbacks.inc({ route });
      for (const field of outcome.leaks) leaks.inc({ route, field });
    },
    collect: async () => {
      const durations = { ...DURATIONS, values: tally.durations(DURATIONS.name) };
      return [...(await registry.getMetricsAsJSON()), durations];
    },
  };
}

/** The histogram that the tally makes, as prom-client writes one in JSON. */
const DURATIONS = {
  name: 'banyan_request_duration_seconds',
  help: 'Time from the turn of a request on its connection to the end of its answer.',
  type: 'histogram',
  aggregator: 'sum',
} as const;

/** Sums what workers that have gone had counted; gauges end with their process. */
export async function sumDeparted(metrics: readonly unknown[]): Promise<unknown> {
  const sum = await AggregatorRegistry.aggregate([...metrics] as object[][]).getMetricsAsJSON();
  return sum.filter((metric) => !isGauge(metric));
}

/** The metrics of the primary: reloads, the table, the workers. */
export type PrimaryMetrics = {
  reloaded(result: 'applied' | 'unchanged' | 'refused'): void;
  setTable(revision: string, routes: number): void;
  recordEvent(event: PrimaryEvent): void;
  /** All metrics as text for Prometheus; takes those of the workers. */
  expose(workers: readonly unknown[]): Promise<string>;
};

/** Creates the primary's metrics. */
export function createPrimaryMetrics(): PrimaryMetrics {
  const registry = new Registry();
  const reloads = new Counter({
    name: 'banyan_reloads_total',
    help: 'Changes of the routes file, by what became of them.',
    labelNames: ['result'],
    registers: [registry],
  });
  const table = new Gauge({
    name: 'banyan_table_info',
    help: 'The revision that is served; the value is the number of routes.',
    labelNames: ['revision'],
    registers: [registry],
  });
  const workers = new Counter({
    name: 'banyan_worker_events_total',
    help: 'What happened to workers.',
    labelNames: ['event'],
    registers: [registry],
  });
  return {
    reloaded: (result) => reloads.inc({ result }),
    setTable: (revision, routes) => {
      table.reset();
      table.set({ revision }, routes);
    },
    recordEvent: (event) => workers.inc({ event: event.kind }),
    expose: async (collected) => {
      const own = (await registry.getMetricsAsJSON()) as unknown;
      return AggregatorRegistry.aggregate([own, ...collected] as object[][]).metrics();
    },
  };
}

function isGauge(metric: { readonly type: unknown }): boolean {
  return String(metric.type) === 'gauge';
}
