// A constant rate, whatever the subject does: request N is due at N / rate seconds, and its latency counts from
// then, also when no connection was free. A generator that waits for slow answers would leave out the very
// requests that a real visitor would have waited for (coordinated omission).
//
// Timers are too coarse for this (1 ms), so it looks at the clock all the time, and runs niced so that the
// upstream beside it goes first.

import { percentile } from '../statistics.js';
import { open } from './client.js';
import { requestBytes } from './request.js';

const GRACE_MS = 3_000;
/** From when on a request counts as late. */
const LATE_MS = 1;

/**
 * Sends at the rate and measures.
 *
 * @param {import('./generator.js').Task} task
 * @returns {Promise<{ requests: number, errors: number, p50: number, p99: number, late: number }>} milliseconds;
 *   `late` is the share of requests that had a free connection and were sent more than 1 ms late all the same
 */
export async function keepRate({ port, request, connections: count, seconds, rate }) {
  const connections = await open(count, port, requestBytes(request, port));
  const schedule = new Schedule(connections, rate, Math.round(rate * seconds));
  return schedule.run();
}

/** Exported for its test. */
export class Schedule {
  /** @type {{ send(): void, onAnswer: (status: number) => void, destroy(): void }[]} */
  #free;
  #rate;
  #total;
  #sent = 0;
  #answered = 0;
  #errors = 0;
  #late = 0;
  #latencies;
  /** When the requests that found no free connection were due. */
  /** @type {number[]} */
  #waiting = [];
  #now;

  /**
   * @param {{ send(): void, onAnswer: (status: number) => void, destroy(): void }[]} connections
   * @param {number} rate
   * @param {number} total
   * @param {() => number} [now] milliseconds
   */
  constructor(connections, rate, total, now = () => performance.now()) {
    this.#free = [...connections];
    this.#rate = rate;
    this.#total = total;
    this.#latencies = new Float64Array(total);
    this.#now = now;
  }

  async run() {
    const started = this.#now();
    const deadline = started + (this.#total / this.#rate) * 1_000 + GRACE_MS;
    while (this.#answered < this.#total && this.#now() < deadline) {
      this.#sendDue(started);
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const connection of this.#free) connection.destroy();
    return this.#result();
  }

  /** @param {number} started */
  #sendDue(started) {
    const due = Math.min(this.#total, Math.floor(((this.#now() - started) * this.#rate) / 1_000) + 1);
    while (this.#sent < due) {
      const at = started + (this.#sent * 1_000) / this.#rate;
      this.#sent += 1;
      const connection = this.#free.shift();
      if (!connection) {
        this.#waiting.push(at);
        continue;
      }
      // Nothing but this process was in the way.
      if (this.#now() - at > LATE_MS) this.#late += 1;
      this.#send(connection, at);
    }
  }

  /**
   * @param {{ send(): void, onAnswer: (status: number) => void, destroy(): void }} connection
   * @param {number} at
   */
  #send(connection, at) {
    connection.onAnswer = (status) => {
      this.#latencies[this.#answered++] = this.#now() - at;
      if (status !== 200) this.#errors += 1;
      if (status === 0) return;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(connection);
      else this.#send(connection, next);
    };
    connection.send();
  }

  #result() {
    const sorted = this.#latencies.slice(0, this.#answered).sort();
    return {
      requests: this.#answered,
      errors: this.#errors + this.#total - this.#answered,
      p50: percentile(sorted, 0.5) ?? Number.NaN,
      p99: percentile(sorted, 0.99) ?? Number.NaN,
      late: this.#late / this.#total,
    };
  }
}
