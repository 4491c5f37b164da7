// The metrics of all workers, those that have gone included: sums must not go back, or Prometheus takes
// it for a restart and counts everything anew.
import type { WorkerProcess } from './worker-process.ts';
import { askIfAlive } from './worker-starter.ts';

/** Sums the metrics of workers that have gone: their counts, and not their levels. */
export type SumDeparted = (metrics: readonly unknown[]) => Promise<unknown>;

export class WorkerMetrics {
  readonly #sum: SumDeparted;
  readonly #last = new Map<WorkerProcess, unknown>();
  readonly #gone = new WeakSet<WorkerProcess>();
  #departed: readonly unknown[] = [];
  #turn: Promise<void> = Promise.resolve();

  constructor(sum: SumDeparted) {
    this.#sum = sum;
  }

  /** Collects what these workers have counted, and what those before them had. */
  async collect(workers: readonly WorkerProcess[]): Promise<readonly unknown[]> {
    await Promise.all(workers.map((worker) => this.#ask(worker)));
    await this.#turn;
    return [...this.#departed, ...this.#last.values()];
  }

  /** Keeps what a worker had counted in the end, or when it was last asked, if it died. */
  depart(worker: WorkerProcess, final: unknown = this.#last.get(worker)): void {
    if (this.#gone.has(worker)) return;
    this.#gone.add(worker);
    this.#turn = this.#turn.then(async () => {
      this.#last.delete(worker);
      if (final !== undefined) this.#departed = [await this.#sum([...this.#departed, final])];
    });
  }

  async #ask(worker: WorkerProcess): Promise<void> {
    const reply = await askIfAlive(worker, { kind: 'metrics' });
    if (reply?.kind === 'metrics' && !this.#gone.has(worker)) this.#last.set(worker, reply.metrics);
  }
}
