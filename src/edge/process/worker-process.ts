// The primary's view of one worker: orders out, replies in, and its death.
import { type ChildProcess, fork } from 'node:child_process';
import type { Order, OrderEnvelope, Reply, ReplyEnvelope, Unwell } from './protocol.ts';

/** Descriptor number of the listening socket in a worker; 3 is the channel to the primary. */
export const WORKER_SOCKET_FD = 4;

export type WorkerOptions = {
  /** The module that a worker runs. */
  readonly entry: URL;
  readonly execArgv: readonly string[];
  /** The listening socket; `ignore` for a worker that is not going to listen. */
  readonly socketFd: number | 'ignore';
  /** Where its standard output goes: 2 where that of this process is for something else. */
  readonly stdout?: 'inherit' | 2;
};

/** Sent instead of a reply by a worker that has died. */
export class WorkerGone extends Error {}

export class WorkerProcess {
  readonly pid: number | undefined;
  /** Resolves when the process has ended, with how. */
  readonly exited: Promise<string>;
  /** Called when an exception escaped in the worker. */
  onUnwell: (message: string) => void = () => {};
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, { resolve: (reply: Reply) => void; reject: (error: Error) => void }>();
  #lastId = 0;

  constructor(options: WorkerOptions) {
    this.#child = fork(options.entry, {
      execArgv: [...options.execArgv],
      serialization: 'advanced',
      stdio: ['ignore', options.stdout ?? 'inherit', 'inherit', 'ipc', options.socketFd],
    });
    this.pid = this.#child.pid;
    this.exited = new Promise((resolve) => {
      this.#child.on('exit', (code, signal) => resolve(signal ? `by ${signal}` : `with code ${code}`));
      this.#child.on('error', (error) => resolve(`could not be started: ${error.message}`));
    });
    void this.exited.then((how) => this.#rejectAll(new WorkerGone(`worker ${this.pid} ended ${how}`)));
    this.#child.on('message', (message: ReplyEnvelope | Unwell) => this.#receive(message));
  }

  /** Gives an order and returns its reply. Rejects with WorkerGone when the worker ends before it replies. */
  ask(order: Order): Promise<Reply> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      const envelope: OrderEnvelope = { id, order };
      if (!this.#child.connected) return this.#reject(id, new WorkerGone(`worker ${this.pid} has ended`));
      this.#child.send(envelope, (error) => error && this.#reject(id, new WorkerGone(error.message)));
    });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #receive(message: ReplyEnvelope | Unwell): void {
    if ('kind' in message) return this.onUnwell(message.message);
    this.#pending.get(message.id)?.resolve(message.reply);
    this.#pending.delete(message.id);
  }

  #reject(id: number, error: Error): void {
    this.#pending.get(id)?.reject(error);
    this.#pending.delete(id);
  }

  #rejectAll(error: Error): void {
    for (const id of [...this.#pending.keys()]) this.#reject(id, error);
  }
}
