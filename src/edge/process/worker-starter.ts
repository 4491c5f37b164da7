// Starts workers: each is given a table to prepare before it may accept a connection.
import type { Settings } from '../../environment.ts';
import { reasonOf } from '../../reason.ts';
import type { Problem } from '../../routing/problem.ts';
import type { TableSpec } from '../../routing/route.ts';
import type { Mode, Order, Reply } from './protocol.ts';
import { sliceRoutes } from './route-slices.ts';
import { WORKER_SOCKET_FD, type WorkerOptions, WorkerProcess } from './worker-process.ts';

/** How long a worker may take to import its handlers, and then to listen. */
const START_TIMEOUT_MS = 10_000;

/** What a worker inherits; `ignore` where it is not going to listen. */
type WorkerSocket = { readonly fd: number | 'ignore'; readonly name: string };

export type StarterOptions = {
  readonly settings: Settings;
  readonly mode: Mode;
  readonly socket: WorkerSocket;
  /** The module that a worker runs, and Node's flags for it. */
  readonly worker: Omit<WorkerOptions, 'socketFd'>;
};

export type StartResult =
  | { readonly ok: true; readonly worker: WorkerProcess }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export class WorkerStarter {
  readonly #options: StarterOptions;
  readonly #starting = new Set<WorkerProcess>();
  #stopped = false;

  constructor(options: StarterOptions) {
    this.#options = options;
  }

  /** Starts a worker with a table. What is wrong comes back as problems, with no process left. */
  async start(spec: TableSpec): Promise<StartResult> {
    if (this.#stopped) return { ok: false, problems: [didNotStart('the edge is stopping')] };
    const worker = this.#fork();
    if (!(worker instanceof WorkerProcess)) return { ok: false, problems: [worker] };
    const reply = await this.#inTime(worker, this.#begin(worker, spec));
    if (reply?.kind === 'done') return { ok: true, worker };
    worker.kill();
    const how = await worker.exited;
    return {
      ok: false,
      problems: reply?.kind === 'problems' ? reply.problems : [didNotStart(`it ended ${how}`)],
    };
  }

  /** Lets a started worker accept connections; one that cannot is killed. */
  async listen(worker: WorkerProcess): Promise<readonly Problem[]> {
    const reply = await this.#inTime(worker, askIfAlive(worker, { kind: 'listen', fd: WORKER_SOCKET_FD }));
    if (reply?.kind === 'done') return [];
    worker.kill();
    const { name } = this.#options.socket;
    const why =
      reply?.kind === 'problems' ? reply.problems.map(({ message }) => message).join('; ') : 'it ended';
    return [didNotStart(`it cannot listen on ${name}: ${why}`)];
  }

  /** Ends a worker that takes too long to do what is asked of it, or is at it when the edge ends. */
  async #inTime<Answer>(worker: WorkerProcess, asked: Promise<Answer>): Promise<Answer> {
    if (this.#stopped) worker.kill();
    this.#starting.add(worker);
    const timer = setTimeout(() => worker.kill(), START_TIMEOUT_MS);
    try {
      return await asked;
    } finally {
      clearTimeout(timer);
      this.#starting.delete(worker);
    }
  }

  async #begin(worker: WorkerProcess, spec: TableSpec): Promise<Reply | undefined> {
    const { settings, mode } = this.#options;
    const orders: readonly Order[] = [{ kind: 'start', settings, mode }, ...preparing(spec)];
    // All at once: it serves nobody yet.
    const replies = await Promise.all(orders.map((order) => askIfAlive(worker, order)));
    const failed = replies.findIndex((reply) => reply?.kind !== 'done');
    return failed < 0 ? askIfAlive(worker, { kind: 'commit', revision: spec.revision }) : replies[failed];
  }

  /** Ends the workers that are being started, and starts no more. */
  kill(): void {
    this.#stopped = true;
    for (const worker of this.#starting) worker.kill();
  }

  /** fork() throws where the system has no process or memory to give. */
  #fork(): WorkerProcess | Problem {
    const { worker, socket } = this.#options;
    try {
      return new WorkerProcess({ ...worker, socketFd: socket.fd });
    } catch (error) {
      return didNotStart(reasonOf(error));
    }
  }
}

/** Sends a table in slices, each when the one before has been read, so that the worker serves in between. */
export async function prepare(worker: WorkerProcess, spec: TableSpec): Promise<Reply | undefined> {
  let reply: Reply | undefined;
  for (const order of preparing(spec)) {
    reply = await askIfAlive(worker, order);
    if (reply?.kind !== 'done') break;
  }
  return reply;
}

/** The orders that prepare a table. */
function* preparing(spec: TableSpec): Generator<Order> {
  let isFirst = true;
  for (const slice of sliceRoutes(spec.routes)) {
    yield { kind: 'routes', isFirst, slice };
    isFirst = false;
  }
  yield { kind: 'prepare', spec: { ...spec, routes: [], tests: [] } };
}

/** Asks a worker; undefined when it ends before it replies. */
export async function askIfAlive(worker: WorkerProcess, order: Order): Promise<Reply | undefined> {
  try {
    return await worker.ask(order);
  } catch {
    return undefined;
  }
}

function didNotStart(why: string): Problem {
  return {
    code: 'worker-failed',
    position: { file: 'worker', line: 1, column: 1 },
    message: `a worker did not start: ${why}`,
    cure: 'see what it logged; a handler may hang or exit when it is imported',
  };
}
