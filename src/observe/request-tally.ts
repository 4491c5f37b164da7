// Counts requests by their labels and durations, in plain numbers: prom-client's own way of finding a
// labelled value takes longer than routing the request. Turned into metrics when somebody asks.
import type { Outcome } from '../edge/outcome.ts';

/** Upper bounds of the duration histogram, in seconds. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The classes of status by their first digit; 0 is that of none. */
const CLASSES = ['0xx', '1xx', '2xx', '3xx', '4xx', '5xx', '6xx', '7xx', '8xx', '9xx'];

/** The labels of one series of requests: route names, and words from closed lists. Never paths. */
export type RequestLabels = {
  readonly route: string;
  readonly side: string;
  readonly reason: string;
  readonly status: string;
};

type Series = { readonly labels: RequestLabels; count: number; seconds: number; readonly buckets: number[] };

/** One sample of a histogram, as Prometheus names them. */
export type Sample = {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
};

export class RequestTally {
  /** Those of a route are few; to compare their labels costs less than to make one key of them. */
  readonly #ofRoute = new Map<string, Series[]>();

  add(outcome: Outcome): void {
    const series = this.#seriesOf(outcome);
    const seconds = outcome.durationMs / 1_000;
    const bucket = bucketOf(seconds);
    series.count += 1;
    series.seconds += seconds;
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
  }

  /** How many requests there were, by all labels. */
  counts(): readonly Series[] {
    return [...this.#ofRoute.values()].flat();
  }

  /** The durations by route and side, as the samples of a histogram called `name`. */
  durations(name: string): readonly Sample[] {
    const merged = new Map<string, { labels: Record<string, string>; all: Series[] }>();
    for (const series of this.counts()) {
      const { route, side } = series.labels;
      const known = merged.get(`${route} ${side}`) ?? { labels: { route, side }, all: [] };
      known.all.push(series);
      merged.set(`${route} ${side}`, known);
    }
    return [...merged.values()].flatMap(({ labels, all }) => samples(name, labels, all));
  }

  #seriesOf(outcome: Outcome): Series {
    const route = routeLabel(outcome);
    const side = outcome.fallback ? 'legacy' : (outcome.decision?.side ?? 'edge');
    const reason = outcome.decision?.reason ?? 'refused';
    const status = statusLabel(outcome);
    const all = this.#ofRoute.get(route) ?? [];
    for (const series of all) {
      const { labels } = series;
      if (labels.status === status && labels.side === side && labels.reason === reason) return series;
    }
    const labels = { route, side, reason, status };
    const added = { labels, count: 0, seconds: 0, buckets: new Array(BOUNDS.length + 1).fill(0) };
    this.#ofRoute.set(route, [...all, added]);
    return added;
  }
}

/** The first bucket that takes a duration; one more than there are where none does. */
function bucketOf(seconds: number): number {
  let bucket = 0;
  while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] ?? 0)) bucket += 1;
  return bucket;
}

/** What a request is counted under: its route's name, or why it has none. */
export function routeLabel(outcome: Outcome): string {
  return outcome.decision?.route?.name ?? (outcome.decision ? 'undeclared' : 'refused');
}

function statusLabel(outcome: Outcome): string {
  if (outcome.ending !== 'answered') return outcome.ending;
  return CLASSES[Math.trunc(outcome.status / 100)] ?? 'unknown';
}

function samples(name: string, labels: Record<string, string>, all: readonly Series[]): readonly Sample[] {
  const sum = (pick: (series: Series) => number) => all.reduce((total, series) => total + pick(series), 0);
  let below = 0;
  const buckets = BOUNDS.map((bound, index) => {
    below += sum((series) => series.buckets[index] ?? 0);
    return { metricName: `${name}_bucket`, labels: { le: bound, ...labels }, value: below };
  });
  const count = sum((series) => series.count);
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
    { metricName: `${name}_sum`, labels, value: sum((series) => series.seconds) },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
