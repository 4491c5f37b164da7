// What is counted of requests, and how the counts of several workers become one.
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/edge/outcome.ts';
import { createPrimaryMetrics, createWorkerMetrics, sumDeparted } from '../../src/observe/metrics.ts';
import { outcome, undeclared } from './outcomes.ts';

/** The lines of Prometheus' text that begin with `banyan_` and are no defaults of the process. */
async function exposed(
  workers: readonly unknown[],
  primary = createPrimaryMetrics(),
): Promise<readonly string[]> {
  const text = await primary.expose(workers);
  return text.split('\n').filter((line) => /^banyan_(?!worker_process|worker_nodejs)/.test(line));
}

/** What a worker has collected of outcomes. */
async function collected(outcomes: readonly Outcome[]): Promise<unknown> {
  const metrics = createWorkerMetrics();
  for (const one of outcomes) metrics.record(one);
  return metrics.collect();
}

const requests = async (one: Outcome) =>
  (await exposed([await collected([one])])).filter((line) => line.startsWith('banyan_requests_total'));

describe('a request is counted', () => {
  test.each<[string, Partial<Outcome>, string]>([
    [
      'by route, side, reason and class of status',
      {},
      'route="page",side="legacy",reason="stage",status="2xx"',
    ],
    ['with its class of status', { status: 404 }, 'route="page",side="legacy",reason="stage",status="4xx"'],
    [
      'as undeclared',
      { decision: undeclared },
      'route="undeclared",side="legacy",reason="undeclared",status="2xx"',
    ],
    [
      'as refused',
      { decision: undefined, status: 421 },
      'route="refused",side="edge",reason="refused",status="4xx"',
    ],
    [
      'as left',
      { ending: 'client-gone', status: 0 },
      'route="page",side="legacy",reason="stage",status="client-gone"',
    ],
    [
      'as broken off',
      { ending: 'broken-off' },
      'route="page",side="legacy",reason="stage",status="broken-off"',
    ],
  ])('%s', async (_, more, labels) => {
    expect(await requests(outcome(more))).toEqual([`banyan_requests_total{${labels}} 1`]);
  });

  test('with its duration in seconds', async () => {
    const lines = await exposed([await collected([outcome({ durationMs: 250 })])]);
    expect(lines).toContain('banyan_request_duration_seconds_sum{route="page",side="legacy"} 0.25');
    expect(lines).toContain('banyan_request_duration_seconds_bucket{le="0.25",route="page",side="legacy"} 1');
    expect(lines).toContain('banyan_request_duration_seconds_bucket{le="0.1",route="page",side="legacy"} 0');
  });

  test('with its failure and its fallback', async () => {
    const failure = { part: 'handler', code: 'threw', message: 'broken' } as const;
    const lines = await exposed([await collected([outcome({ failure, fallback: true })])]);
    expect(lines).toContain('banyan_failures_total{route="page",part="handler",code="threw"} 1');
    expect(lines).toContain('banyan_fallbacks_total{route="page"} 1');
  });
});

describe('a worker counts', () => {
  test('the answers in which an address of an upstream went out, by route and field', async () => {
    const leaking = outcome({ leaks: ['location', 'set-cookie'] });
    const lines = await exposed([await collected([leaking, outcome({ leaks: ['location'] }), outcome()])]);
    expect(lines.filter((line) => line.startsWith('banyan_leaks_total'))).toEqual([
      'banyan_leaks_total{route="page",field="location"} 2',
      'banyan_leaks_total{route="page",field="set-cookie"} 1',
    ]);
  });

  test('what is not a request: fields not believed, reads from the cache, and its problems', async () => {
    const metrics = createWorkerMetrics();
    metrics.ignoredForwarding();
    metrics.ignoredForwarding();
    metrics.cacheRead('page', 'php');
    metrics.cacheProblem('timeout');
    expect(await exposed([await metrics.collect()])).toEqual(
      expect.arrayContaining([
        'banyan_ignored_forwarding_total 2',
        'banyan_cache_reads_total{route="page",filler="php"} 1',
        'banyan_cache_problems_total{code="timeout"} 1',
      ]),
    );
  });
});

describe('several workers', () => {
  const count = (lines: readonly string[]) =>
    lines.find((line) => line.startsWith('banyan_requests_total'))?.split(' ')[1];

  test('are summed', async () => {
    const workers = [await collected([outcome(), outcome()]), await collected([outcome()])];
    expect(count(await exposed(workers))).toBe('3');
  });

  test('that have left stay counted', async () => {
    const left = await sumDeparted([await collected([outcome()]), await collected([outcome()])]);
    const again = await sumDeparted([left, await collected([outcome()])]);
    expect(count(await exposed([again, await collected([outcome()])]))).toBe('4');
  });

  test('that have left leave no levels behind', async () => {
    const left = (await sumDeparted([await collected([outcome()])])) as { type: string }[];
    const types = left.map(({ type }) => type);
    expect(types).not.toContain('gauge');
    expect(types).toContain('counter');
  });
});

describe('the primary', () => {
  test('counts reloads and what happens to workers', async () => {
    const primary = createPrimaryMetrics();
    primary.reloaded('applied');
    primary.reloaded('refused');
    primary.reloaded('refused');
    primary.recordEvent({ kind: 'worker-started', pid: 1 });
    const lines = await exposed([], primary);
    expect(lines).toContain('banyan_reloads_total{result="applied"} 1');
    expect(lines).toContain('banyan_reloads_total{result="refused"} 2');
    expect(lines).toContain('banyan_worker_events_total{event="worker-started"} 1');
  });

  test('shows the revision that is served, and no earlier one', async () => {
    const primary = createPrimaryMetrics();
    primary.setTable('old', 3);
    primary.setTable('new', 4);
    const lines = (await exposed([], primary)).filter((line) => line.startsWith('banyan_table_info'));
    expect(lines).toEqual(['banyan_table_info{revision="new"} 4']);
  });
});
