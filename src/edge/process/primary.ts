// The primary: owns the socket, keeps the workers alive, and gives all of them the same table.
import { clearInterval, setInterval } from 'node:timers';
import type { Problem } from '../../routing/problem.ts';
import type { TableSpec } from '../../routing/route.ts';
import type { ListeningSocket } from './listening-socket.ts';
import { type SumDeparted, WorkerMetrics } from './worker-metrics.ts';
import type { WorkerProcess } from './worker-process.ts';
import { askIfAlive, prepare, type StarterOptions, WorkerStarter } from './worker-starter.ts';

const PING_EVERY_MS = 1_000;
/** Pings in a row without an answer after which a worker hangs: 5 seconds of the primary's own time. */
const PINGS_MISSED = 5;
const QUICK_DEATH_MS = 5_000;
const MAX_BACKOFF_MS = 5_000;
/** How long the end waits for a change under way: one that asks a worker which hangs ends only with that worker. */
const CHANGE_MS = 1_000;

/** What happens to workers, for the log and the metrics. */
export type PrimaryEvent =
  | { readonly kind: 'worker-started'; readonly pid: number | undefined }
  | { readonly kind: 'worker-died'; readonly pid: number | undefined; readonly how: string }
  | { readonly kind: 'worker-hangs'; readonly pid: number | undefined }
  | { readonly kind: 'worker-unwell'; readonly pid: number | undefined; readonly message: string }
  | {
      readonly kind: 'worker-not-started';
      readonly problems: readonly Problem[];
      readonly retryInMs: number;
    };

export type PrimaryOptions = StarterOptions & {
  readonly socket: ListeningSocket;
  readonly onEvent: (event: PrimaryEvent) => void;
  readonly sumDeparted: SumDeparted;
};

type Slot = {
  worker: WorkerProcess;
  startedAt: number;
  missedPings: number;
  leaving: boolean;
  unwell: boolean;
};

/**
 * Keeps `settings.workers` workers serving one table. Changes of table and of workers take turns:
 * each sees the end of the one before.
 */
export class Primary {
  readonly #options: PrimaryOptions;
  readonly #slots = new Set<Slot>();
  readonly #starter: WorkerStarter;
  readonly #metrics: WorkerMetrics;
  #spec: TableSpec | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #pings: NodeJS.Timeout | undefined;
  #failedStarts = 0;
  #leaving = false;
  #closing = false;

  constructor(options: PrimaryOptions) {
    this.#options = options;
    this.#starter = new WorkerStarter(options);
    this.#metrics = new WorkerMetrics(options.sumDeparted);
  }

  /** The table that all workers serve. */
  get spec(): TableSpec | undefined {
    return this.#spec;
  }

  /** Whether it has begun to end: workers that were being started are then ended as well. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Whether every worker serves. */
  get ready(): boolean {
    const serving = [...this.#slots].filter((slot) => !slot.leaving).length;
    return (
      !this.#leaving &&
      !this.#closing &&
      this.#spec !== undefined &&
      serving >= this.#options.settings.workers
    );
  }

  /** Starts the workers with a first table. Returns what is wrong, in which case nothing listens. */
  start(spec: TableSpec): Promise<readonly Problem[]> {
    // In turn: a worker that dies before all have started is replaced once the table is known.
    return this.#inTurn(() => this.#start(spec));
  }

  async #start(spec: TableSpec): Promise<readonly Problem[]> {
    const count = this.#options.settings.workers;
    const started = await Promise.all(Array.from({ length: count }, () => this.#starter.start(spec)));
    const workers = started.flatMap((result) => (result.ok ? [result.worker] : []));
    const problems = started.flatMap((result) => (result.ok ? [] : result.problems));
    for (const worker of problems.length > 0 ? [] : workers) problems.push(...(await this.#enrol(worker)));
    if (problems.length > 0 || this.#closing) {
      this.kill();
      for (const worker of workers) worker.kill();
      return distinct(problems);
    }
    this.#spec = spec;
    this.#pings = setInterval(() => this.#pingAll(), PING_EVERY_MS);
    return [];
  }

  /** Gives all workers a new table, or none of them: returns the problems for which it was refused. */
  async offer(spec: TableSpec): Promise<readonly Problem[]> {
    const unfit = await this.#tryNewHandlers(spec);
    return unfit.length > 0 ? unfit : this.#inTurn(() => this.#commit(spec));
  }

  async #commit(spec: TableSpec): Promise<readonly Problem[]> {
    const workers = this.#serving();
    // A few at a time: while some compile, the others have the processors for their visitors.
    const atATime = Math.max(1, Math.floor(workers.length / 4));
    for (let first = 0; first < workers.length; first += atATime) {
      const some = workers.slice(first, first + atATime);
      const replies = await Promise.all(some.map((worker) => prepare(worker, spec)));
      const problems = replies.flatMap((reply) => (reply?.kind === 'problems' ? reply.problems : []));
      if (problems.length > 0) return distinct(problems);
    }
    const { revision } = spec;
    await Promise.all([
      ...workers.map((worker) => askIfAlive(worker, { kind: 'commit', revision })),
      ...this.#leavingWorkers().map((worker) => commitIfAlive(worker, spec)),
    ]);
    this.#spec = spec;
    return [];
  }

  /** Replaces every worker by one with fresh code, one by one. Stops at the first that does not start. */
  replaceWorkers(): Promise<readonly Problem[]> {
    return this.#inTurn(async () => {
      for (const slot of [...this.#slots].filter(({ leaving }) => !leaving)) {
        const problems = await this.#replace(slot);
        if (problems.length > 0) return problems;
      }
      return [];
    });
  }

  /** Collects the metrics of all workers, those that have ended included. */
  metrics(): Promise<readonly unknown[]> {
    return this.#metrics.collect([...this.#slots].map(({ worker }) => worker));
  }

  /** Says from now on that it is not ready, and serves on: load balancers get to know before it closes. */
  announceEnd(): void {
    this.#leaving = true;
  }

  /** Closes the socket and drains all workers. Safe after a failed start. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#pings);
    this.#starter.kill();
    await Promise.race([this.#turn, pause(CHANGE_MS)]);
    // Before the workers: while anybody has it open, the system takes connections that nobody will accept.
    this.#options.socket.close();
    await Promise.all([...this.#slots].map((slot) => this.#drain(slot, { patient: false })));
  }

  /** Kills all workers at once. */
  kill(): void {
    this.#closing = true;
    clearInterval(this.#pings);
    this.#starter.kill();
    for (const { worker } of this.#slots) worker.kill();
  }

  /**
   * Imports handlers that are new in a table in a process that serves nobody. A module that ends or
   * holds up its process does no harm there, and one that fails is not remembered as failed.
   */
  async #tryNewHandlers(spec: TableSpec): Promise<readonly Problem[]> {
    const known = new Set(modulesOf(this.#spec));
    if (modulesOf(spec).every((module) => known.has(module))) return [];
    const trial = await this.#starter.start(spec);
    if (!trial.ok) return trial.problems;
    trial.worker.kill();
    return [];
  }

  /** Lets a started worker accept connections, and watches over it from now on. */
  async #enrol(worker: WorkerProcess): Promise<readonly Problem[]> {
    const problems = await this.#starter.listen(worker);
    if (problems.length > 0) return problems;
    const slot: Slot = {
      worker,
      startedAt: performance.now(),
      missedPings: 0,
      leaving: false,
      unwell: false,
    };
    this.#slots.add(slot);
    worker.onUnwell = (message) => void this.#replaceUnwell(slot, message);
    void worker.exited.then((how) => this.#onExit(slot, how));
    this.#options.onEvent({ kind: 'worker-started', pid: worker.pid });
    // The end may not have waited for it.
    if (this.#closing) void this.#drain(slot, { patient: false });
    return [];
  }

  #onExit(slot: Slot, how: string): void {
    this.#slots.delete(slot);
    this.#metrics.depart(slot.worker);
    if (slot.leaving || this.#closing) return;
    this.#options.onEvent({ kind: 'worker-died', pid: slot.worker.pid, how });
    // At once, however often: while nobody serves, legacy is not to be reached either.
    void this.#refill();
  }

  /** Starts a worker in place of one that died; again and again, more slowly, while that fails. */
  async #refill(): Promise<void> {
    const problems = await this.#inTurn(async () => {
      if (this.#closing || !this.#spec || this.#serving().length >= this.#options.settings.workers) return [];
      return this.#startAndEnrol(this.#spec);
    });
    if (problems.length > 0) this.#retry(problems, () => this.#refill());
  }

  /** Replaces a worker in which an exception escaped; it serves on until another does. */
  async #replaceUnwell(slot: Slot, message: string): Promise<void> {
    if (slot.unwell) return;
    slot.unwell = true;
    this.#options.onEvent({ kind: 'worker-unwell', pid: slot.worker.pid, message });
    const isQuick = performance.now() - slot.startedAt < QUICK_DEATH_MS;
    if (isQuick) await pause(QUICK_DEATH_MS);
    const replace = async (): Promise<void> => {
      const problems = await this.#inTurn(() => this.#replace(slot));
      if (problems.length > 0) this.#retry(problems, replace);
    };
    await replace();
  }

  /** Tries again later, and more slowly each time, where a worker could not be started. */
  #retry(problems: readonly Problem[], work: () => Promise<void>): void {
    this.#failedStarts += 1;
    const retryInMs = Math.min(MAX_BACKOFF_MS, 100 * 2 ** this.#failedStarts);
    this.#options.onEvent({ kind: 'worker-not-started', problems, retryInMs });
    void pause(retryInMs).then(work);
  }

  async #replace(slot: Slot): Promise<readonly Problem[]> {
    if (!this.#spec || this.#closing || !this.#slots.has(slot) || slot.leaving) return [];
    const problems = await this.#startAndEnrol(this.#spec);
    // Nobody waits for its end: browsers have the drain timeout to use their idle connections once more, and are
    // told then to open others. Closed at once, these would meet requests that are just being sent. Where code
    // is saved again and again, or cannot be trusted, it is not worth a process.
    const patient = this.#options.mode === 'serve' && !slot.unwell;
    if (problems.length === 0) void this.#drain(slot, { patient });
    return problems;
  }

  async #startAndEnrol(spec: TableSpec): Promise<readonly Problem[]> {
    const result = await this.#starter.start(spec);
    if (!result.ok) return result.problems;
    this.#failedStarts = 0;
    return this.#enrol(result.worker);
  }

  /** Lets a worker finish what it serves, within the drain timeout. */
  async #drain(slot: Slot, { patient }: { readonly patient: boolean }): Promise<void> {
    slot.leaving = true;
    const timeout = this.#options.settings.drainTimeout;
    const timer = setTimeout(() => slot.worker.kill(), timeout + 2_000);
    const reply = await askIfAlive(slot.worker, { kind: 'drain', timeout, patient });
    if (reply?.kind === 'metrics') this.#metrics.depart(slot.worker, reply.metrics);
    await slot.worker.exited;
    clearTimeout(timer);
  }

  #pingAll(): void {
    for (const slot of this.#slots) {
      if (slot.missedPings === PINGS_MISSED) {
        this.#options.onEvent({ kind: 'worker-hangs', pid: slot.worker.pid });
        slot.worker.kill();
      }
      slot.missedPings += 1;
      void askIfAlive(slot.worker, { kind: 'ping' }).then((reply) => {
        if (reply) slot.missedPings = 0;
      });
    }
  }

  #serving(): readonly WorkerProcess[] {
    return [...this.#slots].filter((slot) => !slot.leaving).map((slot) => slot.worker);
  }

  #leavingWorkers(): readonly WorkerProcess[] {
    return [...this.#slots].filter((slot) => slot.leaving).map((slot) => slot.worker);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

/** Gives a table to a worker that leaves: what it still answers is answered by it, if it can take it. */
async function commitIfAlive(worker: WorkerProcess, spec: TableSpec): Promise<void> {
  const reply = await prepare(worker, spec);
  if (reply?.kind === 'done') await askIfAlive(worker, { kind: 'commit', revision: spec.revision });
}

function modulesOf(spec: TableSpec | undefined): readonly string[] {
  return (spec?.routes ?? []).flatMap(({ newSide }) => (newSide?.kind === 'handler' ? [newSide.module] : []));
}

/** Every worker finds the same problems; one of each is told. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...seen.values()];
}

/** Lets time pass, but does not keep the process for it: an edge that has stopped ends at once. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
