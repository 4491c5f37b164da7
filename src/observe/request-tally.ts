// Counts requests by their labels and durations, in plain numbers: prom-client's own way of finding a
// labelled value takes longer than routing the request. Turned into metrics when somebody asks.
import type { Outcome } from '../edge/outcome.ts';

/** Upper bounds of the duration histogram, in seconds. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

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
  readonly #series = new Map<string, Series>();

  add(outcome: Outcome): void {
    const route = routeLabel(outcome);
    const side = outcome.fallback ? 'legacy' : (outcome.decision?.side ?? 'edge');
    const reason = outcome.decision?.reason ?? 'refused';
    const status = statusLabel(outcome);
    const key = `${route} ${side} ${reason} ${status}`;
    let series = this.#series.get(key);
    if (!series) {
      series = {
        labels: { route, side, reason, status },
        count: 0,
        seconds: 0,
        buckets: BOUNDS.map(() => 0),
      };
      this.#series.set(key, series);
    }
    const seconds = outcome.durationMs / 1_000;
    const bucket = BOUNDS.findIndex((bound) => seconds <= bound);
    series.count += 1;
    series.seconds += seconds;
    if (bucket >= 0) series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
  }

  /** How many requests there were, by all labels. */
  counts(): readonly { readonly labels: RequestLabels; readonly count: number }[] {
    return [...this.#series.values()];
  }

  /** The durations by route and side, as the samples of a histogram called `name`. */
  durations(name: string): readonly Sample[] {
    const merged = new Map<string, { labels: Record<string, string>; all: Series[] }>();
    for (const series of this.#series.values()) {
      const { route, side } = series.labels;
      const known = merged.get(`${route} ${side}`) ?? { labels: { route, side }, all: [] };
      known.all.push(series);
      merged.set(`${route} ${side}`, known);
    }
    return [...merged.values()].flatMap(({ labels, all }) => samples(name, labels, all));
  }
}

/** What a request is counted under: its route's name, or why it has none. */
export function routeLabel(outcome: Outcome): string {
  return outcome.decision?.route?.name ?? (outcome.decision ? 'undeclared' : 'refused');
}

function statusLabel(outcome: Outcome): string {
  if (outcome.ending !== 'answered') return outcome.ending;
  return `${Math.trunc(outcome.status / 100)}xx`;
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
