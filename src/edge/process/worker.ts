// One worker: takes the primary's orders, serves the current snapshot.
import { reasonOf } from '../../reason.ts';
import type { Problem } from '../../routing/problem.ts';
import type { Route, TableSpec } from '../../routing/route.ts';
import type { Snapshot, SnapshotResult } from '../snapshot.ts';
import type { EdgeServer } from '../visitor/server.ts';
import type { Order, OrderEnvelope, Reply, ReplyEnvelope, Unwell } from './protocol.ts';
import { routesOf } from './route-slices.ts';

/** What a worker is made of, once it knows its settings. */
export type WorkerParts = {
  readonly server: EdgeServer;
  readonly build: (spec: TableSpec) => Promise<SnapshotResult>;
  readonly setSnapshot: (snapshot: Snapshot) => void;
  readonly metrics: () => Promise<unknown>;
  /** Closes stores and pools; called when all requests have been answered. */
  readonly close: () => Promise<void>;
};

/** The channel to the primary, as `process` is in a forked process. */
export type Channel = {
  send(message: ReplyEnvelope | Unwell): void;
  onOrder(listener: (envelope: OrderEnvelope) => void): void;
  /** The primary has gone. */
  onClosed(listener: () => void): void;
};

/** Runs a worker until it has drained; resolves then. `create` is called with the first order. */
export function runWorker(
  channel: Channel,
  create: (order: Order & { kind: 'start' }) => WorkerParts,
): Promise<void> {
  return new Promise((resolve) => {
    const worker = new Worker(create, resolve);
    channel.onOrder(({ id, order }) => {
      void worker
        .obey(order)
        .catch(failedToObey)
        .then((reply) => {
          channel.send({ id, reply });
          if (order.kind === 'drain') void worker.end();
        });
    });
    channel.onClosed(
      () => void worker.obey({ kind: 'drain', timeout: 5_000, patient: false }).then(() => worker.end()),
    );
  });
}

function failedToObey(error: unknown): Reply {
  const position = { file: 'worker', line: 1, column: 1 };
  const message = reasonOf(error);
  return problemsOf([{ code: 'worker-failed', position, message, cure: 'see the log of the edge' }]);
}

const DONE: Reply = { kind: 'done' };

class Worker {
  readonly #create: (order: Order & { kind: 'start' }) => WorkerParts;
  readonly #onEnd: () => void;
  #parts: WorkerParts | undefined;
  #prepared: Snapshot | undefined;
  #routes: Route[] = [];

  constructor(create: (order: Order & { kind: 'start' }) => WorkerParts, onEnd: () => void) {
    this.#create = create;
    this.#onEnd = onEnd;
  }

  async obey(order: Order): Promise<Reply> {
    switch (order.kind) {
      case 'ping':
        return DONE;
      case 'start':
        this.#parts = this.#create(order);
        return DONE;
      case 'listen':
        await this.#parts?.server.listen({ fd: order.fd });
        return DONE;
      case 'routes':
        if (order.isFirst) this.#routes = [];
        this.#routes.push(...routesOf(order.slice));
        return DONE;
      case 'prepare': {
        const routes = this.#routes;
        this.#routes = [];
        return this.#prepare({ ...order.spec, routes });
      }
      case 'commit':
        return this.#commit(order.revision);
      case 'metrics':
        return { kind: 'metrics', metrics: await this.#parts?.metrics() };
      case 'drain':
        await this.#parts?.server.drain(order.timeout, order.patient);
        return { kind: 'metrics', metrics: await this.#parts?.metrics() };
    }
  }

  async end(): Promise<void> {
    await this.#parts?.close();
    this.#onEnd();
  }

  async #prepare(spec: TableSpec): Promise<Reply> {
    const built = await this.#parts?.build(spec);
    if (!built?.ok) return problemsOf(built?.problems ?? []);
    this.#prepared = built.snapshot;
    return DONE;
  }

  #commit(revision: string): Reply {
    if (this.#prepared?.table.revision === revision) this.#parts?.setSnapshot(this.#prepared);
    this.#prepared = undefined;
    return DONE;
  }
}

function problemsOf(problems: readonly Problem[]): Reply {
  return { kind: 'problems', problems };
}
