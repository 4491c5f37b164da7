// The primary: owns the socket, keeps the workers alive, and gives all of them the same table.
import { clearInterval, setInterval } from 'node:timers';
import type { Settings } from '../environment.ts';
import type { Problem } from '../routing/problem.ts';
import type { TableSpec } from '../routing/route.ts';
import type { ListeningSocket } from './listening-socket.ts';
import type { Mode, Reply } from './protocol.ts';
import { WORKER_SOCKET_FD, WorkerProcess } from './worker-process.ts';

const PING_EVERY_MS = 1_000;
/** Pings in a row without an answer after which a worker hangs: 5 seconds of the primary's own time. */
const PINGS_MISSED = 5;
const START_TIMEOUT_MS = 30_000;
const QUICK_DEATH_MS = 5_000;
const MAX_BACKOFF_MS = 5_000;

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

export type PrimaryOptions = {
  readonly settings: Settings;
  readonly mode: Mode;
  readonly socket: ListeningSocket;
  /** The module that a worker runs, and Node's flags for it. */
  readonly worker: { readonly entry: URL; readonly execArgv: readonly string[] };
  readonly onEvent: (event: PrimaryEvent) => void;
  /** Sums the metrics of several workers into those of one. */
  readonly sumMetrics: (metrics: readonly unknown[]) => Promise<unknown>;
};

type Slot = {
  worker: WorkerProcess;
  startedAt: number;
  missedPings: number;
  accepts: boolean;
  leaving: boolean;
};

/**
 * Keeps `settings.workers` workers serving one table. Changes of table and of workers take turns:
 * each sees the end of the one before.
 */
export class Primary {
  readonly #options: PrimaryOptions;
  readonly #slots = new Set<Slot>();
  /** What workers that have left had counted, so that sums do not go back. */
  #departed: readonly unknown[] = [];
  #spec: TableSpec | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #pings: NodeJS.Timeout | undefined;
  #quickDeaths = 0;
  #closing = false;

  constructor(options: PrimaryOptions) {
    this.#options = options;
  }

  /** The table that all workers serve. */
  get spec(): TableSpec | undefined {
    return this.#spec;
  }

  /** Whether every worker serves. */
  get ready(): boolean {
    const serving = [...this.#slots].filter((slot) => slot.accepts && !slot.leaving).length;
    return !this.#closing && this.#spec !== undefined && serving >= this.#options.settings.workers;
  }

  /** Starts the workers with a first table. Returns what is wrong with it, in which case nothing listens. */
  async start(spec: TableSpec): Promise<readonly Problem[]> {
    const started = await Promise.all(
      Array.from({ length: this.#options.settings.workers }, () => this.#startWorker(spec)),
    );
    const problems = started.flatMap((result) => (result.ok ? [] : result.problems));
    if (problems.length > 0) {
      for (const result of started) if (result.ok) result.worker.kill();
      return distinct(problems);
    }
    this.#spec = spec;
    for (const result of started) if (result.ok) await this.#enrol(result.worker);
    this.#pings = setInterval(() => this.#pingAll(), PING_EVERY_MS);
    return [];
  }

  /** Gives all workers a new table, or none of them: returns the problems for which it was refused. */
  offer(spec: TableSpec): Promise<readonly Problem[]> {
    return this.#inTurn(async () => {
      const unfit = await this.#tryNewHandlers(spec);
      if (unfit.length > 0) return unfit;
      const workers = this.#serving();
      const replies = await Promise.all(
        workers.map((worker) => askIfAlive(worker, { kind: 'prepare', spec })),
      );
      const problems = replies.flatMap((reply) => (reply?.kind === 'problems' ? reply.problems : []));
      if (problems.length > 0) return distinct(problems);
      const { revision } = spec;
      await Promise.all(workers.map((worker) => askIfAlive(worker, { kind: 'commit', revision })));
      this.#spec = spec;
      return [];
    });
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
  async metrics(): Promise<readonly unknown[]> {
    const replies = await Promise.all(
      [...this.#slots].map(({ worker }) => askIfAlive(worker, { kind: 'metrics' })),
    );
    return [
      ...this.#departed,
      ...replies.flatMap((reply) => (reply?.kind === 'metrics' ? [reply.metrics] : [])),
    ];
  }

  /** Drains all workers and closes the socket. Safe after a failed start. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#pings);
    await this.#turn;
    await Promise.all([...this.#slots].map((slot) => this.#drain(slot)));
    this.#options.socket.close();
  }

  /** Kills all workers at once. */
  kill(): void {
    this.#closing = true;
    clearInterval(this.#pings);
    for (const { worker } of this.#slots) worker.kill();
  }

  async #startWorker(spec: TableSpec): Promise<StartResult> {
    const { settings, mode, socket, worker: options } = this.#options;
    const worker = new WorkerProcess({ ...options, socketFd: socket.fd });
    const timer = setTimeout(() => worker.kill(), START_TIMEOUT_MS);
    const reply = await askIfAlive(worker, { kind: 'start', settings, mode, spec });
    clearTimeout(timer);
    if (reply?.kind === 'done') return { ok: true, worker };
    worker.kill();
    return {
      ok: false,
      problems: reply?.kind === 'problems' ? reply.problems : [didNotStart(await worker.exited)],
    };
  }

  /**
   * Imports handlers that are new in a table in a process that serves nobody. A module that ends or
   * holds up its process does no harm there, and one that fails is not remembered as failed.
   */
  async #tryNewHandlers(spec: TableSpec): Promise<readonly Problem[]> {
    const known = new Set(modulesOf(this.#spec));
    if (modulesOf(spec).every((module) => known.has(module))) return [];
    const trial = await this.#startWorker(spec);
    if (!trial.ok) return trial.problems;
    trial.worker.kill();
    return [];
  }

  /** Lets a started worker accept connections, and watches over it from now on. */
  async #enrol(worker: WorkerProcess): Promise<void> {
    const startedAt = performance.now();
    const slot: Slot = { worker, startedAt, missedPings: 0, accepts: false, leaving: false };
    this.#slots.add(slot);
    worker.onUnwell = (message) => this.#replaceUnwell(slot, message);
    void worker.exited.then((how) => this.#onExit(slot, how));
    const reply = await askIfAlive(worker, { kind: 'listen', fd: WORKER_SOCKET_FD });
    slot.accepts = reply?.kind === 'done';
    this.#options.onEvent({ kind: 'worker-started', pid: worker.pid });
  }

  #onExit(slot: Slot, how: string): void {
    this.#slots.delete(slot);
    if (slot.leaving || this.#closing) return;
    this.#options.onEvent({ kind: 'worker-died', pid: slot.worker.pid, how });
    const isQuick = performance.now() - slot.startedAt < QUICK_DEATH_MS;
    this.#quickDeaths = isQuick ? this.#quickDeaths + 1 : 0;
    void this.#refill();
  }

  /** Starts a worker in place of one that died; again and again, more slowly, while that fails. */
  async #refill(): Promise<void> {
    await pause(this.#backoff());
    await this.#inTurn(async () => {
      if (this.#closing || !this.#spec || this.#serving().length >= this.#options.settings.workers) return;
      const result = await this.#startWorker(this.#spec);
      if (result.ok) return this.#enrol(result.worker);
      this.#quickDeaths += 1;
      const retryInMs = this.#backoff();
      this.#options.onEvent({ kind: 'worker-not-started', problems: result.problems, retryInMs });
      void this.#refill();
    });
  }

  #backoff(): number {
    return this.#quickDeaths === 0 ? 0 : Math.min(MAX_BACKOFF_MS, 100 * 2 ** this.#quickDeaths);
  }

  #replaceUnwell(slot: Slot, message: string): void {
    this.#options.onEvent({ kind: 'worker-unwell', pid: slot.worker.pid, message });
    void this.#inTurn(() => this.#replace(slot));
  }

  async #replace(slot: Slot): Promise<readonly Problem[]> {
    if (!this.#spec || this.#closing || !this.#slots.has(slot) || slot.leaving) return [];
    const result = await this.#startWorker(this.#spec);
    if (!result.ok) return result.problems;
    await this.#enrol(result.worker);
    void this.#drain(slot);
    return [];
  }

  /** Lets a worker finish what it serves, within the drain timeout. */
  async #drain(slot: Slot): Promise<void> {
    slot.leaving = true;
    const timeout = this.#options.settings.drainTimeout;
    const timer = setTimeout(() => slot.worker.kill(), timeout + 2_000);
    const reply = await askIfAlive(slot.worker, { kind: 'drain', timeout });
    if (reply?.kind === 'metrics') {
      this.#departed = [await this.#options.sumMetrics([...this.#departed, reply.metrics])];
    }
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

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

type StartResult =
  | { readonly ok: true; readonly worker: WorkerProcess }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A worker that dies before it replies has no part in the matter: it is replaced by one that has. */
async function askIfAlive(
  worker: WorkerProcess,
  order: Parameters<WorkerProcess['ask']>[0],
): Promise<Reply | undefined> {
  try {
    return await worker.ask(order);
  } catch {
    return undefined;
  }
}

function didNotStart(how: string): Problem {
  return {
    code: 'worker-failed',
    position: { file: 'worker', line: 1, column: 1 },
    message: `a worker did not start; it ended ${how}`,
    cure: 'see what it logged; a handler may hang or exit when it is imported',
  };
}

function modulesOf(spec: TableSpec | undefined): readonly string[] {
  return (spec?.routes ?? []).flatMap(({ newSide }) => (newSide?.kind === 'handler' ? [newSide.module] : []));
}

/** Every worker finds the same problems; one of each is told. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...seen.values()];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
