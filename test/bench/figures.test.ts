// What the benchmark computes: medians, percentiles, ratios within rounds, and what was demanded.
import { describe, expect, test } from 'vitest';
import { Schedule } from '../../bench/load/rate.js';
import { parseWrk } from '../../bench/load/wrk.js';
import { median, medianRatio, percentile } from '../../bench/statistics.js';
import { demands, disturbance, summarise } from '../../bench/summary.js';

const sample = (subject: string, round: number, cpu: number, p99 = 1) => ({
  subject,
  round,
  figures: { cpu, p99 },
  notes: [],
});

describe('statistics', () => {
  test.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
    [[], undefined],
  ])('the median of %j is %s', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  test.each([
    [0.5, 50],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])('a percentile is the nearest rank: %s of 1..100 is %s', (q, expected) => {
    const sorted = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(percentile(sorted, q)).toBe(expected);
  });

  test('a slow round changes no ratio, since it slows both sides down', () => {
    expect(medianRatio([5, 50, 5], [10, 100, 10])).toBe(0.5);
  });

  test('a round that lacks one side is left out', () => {
    expect(medianRatio([5, undefined, 9], [10, 10, undefined])).toBe(0.5);
    expect(medianRatio([], [1])).toBeUndefined();
  });
});

describe('a summary', () => {
  const subjects = [
    { name: 'http-proxy', title: 'http-proxy', kind: 'forward' as const, version: '1' },
    { name: 'banyan', title: 'Banyan', kind: 'forward' as const, version: '' },
  ];
  const samples = [
    sample('http-proxy', 1, 80, 2),
    sample('banyan', 1, 40, 1),
    sample('http-proxy', 2, 70, 2),
    sample('banyan', 2, 42, 3),
    sample('http-proxy', 3, 75, 2),
    sample('banyan', 3, 30, 2),
  ];

  test('holds medians, and ratios within the rounds', () => {
    const [, banyan] = summarise(subjects, samples);
    expect(banyan?.medians.cpu).toBe(40);
    expect(banyan?.ratios['http-proxy']).toBe(0.5);
    expect(banyan?.ratios.p99).toBe(1);
    expect(banyan?.ratios).not.toHaveProperty('nginx');
  });

  test('holds Banyan against what was demanded, as far as it was measured', () => {
    const [first, second] = demands(samples);
    expect(first).toMatchObject({ limit: 0.65, measured: 0.5 });
    expect(second?.measured).toBeUndefined();
  });

  test('tells when others had a part of the core', () => {
    expect(disturbance({ foreign: 0.25 })).toEqual(['disturbed: others had 25% of its core']);
    expect(disturbance({ foreign: 0.02 })).toEqual([]);
  });

  test('tells where the load was late by itself', () => {
    expect(disturbance({ late: 0.124 })).toEqual([
      'the load itself sent 12% of its requests over 1 ms late, which is in the latencies',
    ]);
    expect(disturbance({ late: 0.005 })).toEqual([]);
  });
});

describe("wrk's report", () => {
  const report = `Running 2s test @ http://127.0.0.1:1/
  1 threads and 32 connections
  26714 requests in 2.00s, 60.10MB read
  Socket errors: connect 0, read 3, write 0, timeout 1
  Non-2xx or 3xx responses: 2
Requests/sec:  13357.00
`;

  test('is read, and every kind of error counts', () => {
    expect(parseWrk(report)).toEqual({ requests: 26_714, errors: 6 });
  });

  test('that is none is an error', () => {
    expect(() => parseWrk('unable to connect')).toThrow('unable to connect');
  });
});

describe('a constant rate', () => {
  /** Answers each request after `delay` ms on a clock that a test sets. */
  class Server {
    now = 0;
    readonly #due: { at: number; answer: () => void }[] = [];
    connection(delay: number) {
      const connection = {
        onAnswer: (_status: number) => {},
        send: () => {
          this.#due.push({ at: this.now + delay, answer: () => connection.onAnswer(200) });
        },
        destroy: () => {},
      };
      return connection;
    }
    tick(): number {
      this.now += 1;
      while (this.#due[0] && this.#due[0].at <= this.now) this.#due.shift()?.answer();
      return this.now;
    }
  }

  test('counts latency from when a request was due, also when no connection was free', async () => {
    const server = new Server();
    // One connection, a request due every 10 ms, each answer taking 20: the queue grows by 10 ms a request.
    const result = await new Schedule([server.connection(20)], 100, 20, () => server.tick()).run();
    expect(result.requests).toBe(20);
    expect(result.errors).toBe(0);
    expect(result.p50).toBeGreaterThan(90);
    expect(result.p99).toBeGreaterThan(190);
  });

  test.each([
    ['two of four when it looks every 15 ms and one is due every 10', 4, 0.5],
    ['none where they waited for a connection', 1, 0],
  ])('tells which share the load itself sent late: %s', async (_, count, late) => {
    const server = new Server();
    let turn = setImmediate(function passTime() {
      for (let ms = 0; ms < 15; ms += 1) server.tick();
      turn = setImmediate(passTime);
    });
    const connections = Array.from({ length: count }, () => server.connection(60));
    const result = await new Schedule(connections, 100, 4, () => server.now).run();
    clearImmediate(turn);
    expect(result.late).toBe(late);
  });

  test('counts requests that are never answered as errors', async () => {
    const server = new Server();
    const result = await new Schedule([server.connection(1e9)], 100, 5, () => server.tick()).run();
    expect(result).toMatchObject({ requests: 0, errors: 5 });
  });
});
