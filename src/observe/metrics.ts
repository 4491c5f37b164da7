// Prometheus metrics, made from outcomes. The only file that knows prom-client.
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Outcome } from '../edge/outcome.ts';
import type { PrimaryEvent } from '../edge/primary.ts';

type MetricsJson = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** The metrics of one worker. */
export type WorkerMetrics = {
  record(outcome: Outcome): void;
  /** As plain values for the primary; `last` leaves out gauges, which end with the process. */
  collect(which: 'now' | 'last'): Promise<unknown>;
};

/** Creates the counters that every request moves. Labels are route names and words from closed lists, never paths. */
export function createWorkerMetrics(): WorkerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'banyan_worker_' });
  const requests = new Counter({
    name: 'banyan_requests_total',
    help: 'Requests, by route, side that answered, reason, and class of status.',
    labelNames: ['route', 'side', 'reason', 'status'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'banyan_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['route', 'side'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
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
  return {
    record: (outcome) => {
      const route = routeLabel(outcome);
      const side = sideLabel(outcome);
      const reason = outcome.decision?.reason ?? 'refused';
      requests.inc({ route, side, reason, status: statusClass(outcome) });
      durations.observe({ route, side }, outcome.durationMs / 1_000);
      if (outcome.failure) failures.inc({ route, part: outcome.failure.part, code: outcome.failure.code });
      if (outcome.fallback) fallbacks.inc({ route });
    },
    collect: async (which) => {
      const metrics = await registry.getMetricsAsJSON();
      return which === 'now' ? metrics : metrics.filter((metric) => !isGauge(metric));
    },
  };
}

/** Sums what several workers counted. */
export async function sumMetrics(metrics: readonly unknown[]): Promise<unknown> {
  return AggregatorRegistry.aggregate([...metrics] as object[][]).getMetricsAsJSON();
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

function routeLabel(outcome: Outcome): string {
  return outcome.decision?.route?.name ?? (outcome.decision ? 'undeclared' : 'refused');
}

function sideLabel(outcome: Outcome): string {
  return outcome.fallback ? 'legacy' : (outcome.decision?.side ?? 'edge');
}

function statusClass(outcome: Outcome): string {
  if (outcome.ending !== 'answered') return outcome.ending;
  return `${Math.trunc(outcome.status / 100)}xx`;
}

function isGauge(metric: MetricsJson[number]): boolean {
  return String(metric.type) === 'gauge';
}
