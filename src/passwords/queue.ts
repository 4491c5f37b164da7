// Hands work to the password thread, one piece at a time: what hashing takes in memory and processor stays bounded.
import type { Worker } from 'node:worker_threads';
import { failure, type Result } from '../php/result.ts';
import type { ResolvedHashing } from './hashing.ts';

/** What the thread can do. */
export type Job =
  | { readonly kind: 'verify'; readonly password: Uint8Array; readonly hash: string }
  | { readonly kind: 'hash'; readonly password: Uint8Array; readonly hashing: ResolvedHashing };

/** Whether the password is right, or the new hash; or why there is none. */
export type Answer = Result<boolean | string, string>;

/** Does jobs in turn, in a thread that is started with the first one. */
export interface PasswordQueue {
  /** Never rejects. Fails when too many are waiting, and when one takes longer than its time. */
  run(job: Job): Promise<Answer>;
}

/** How many may wait, and how many milliseconds one may take. */
export interface QueueLimits {
  readonly waiting: number;
  readonly time: number;
}

interface Task {
  readonly job: Job;
  readonly settle: (answer: Answer) => void;
}

/** Creates a queue; `start` starts a thread. Nothing runs before the first job. */
export function createPasswordQueue(start: () => Worker, limits: QueueLimits): PasswordQueue {
  return new ThreadQueue(start, limits);
}

class ThreadQueue implements PasswordQueue {
  readonly #start: () => Worker;
  readonly #limits: QueueLimits;
  readonly #waiting: Task[] = [];
  #thread: Worker | undefined;
  #current: Task | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(start: () => Worker, limits: QueueLimits) {
    this.#start = start;
    this.#limits = limits;
  }

  run(job: Job): Promise<Answer> {
    if (this.#waiting.length >= this.#limits.waiting)
      return Promise.resolve(failure(`${this.#limits.waiting} passwords are waiting to be hashed already`));
    return new Promise((settle) => {
      this.#waiting.push({ job, settle });
      if (!this.#current) this.#next();
    });
  }

  #next(): void {
    this.#current = this.#waiting.shift();
    if (!this.#current) return;
    this.#thread ??= this.#startThread();
    // Only work keeps the process alive.
    this.#thread.ref();
    this.#timer = setTimeout(
      () => this.#abandon(`it took longer than ${this.#limits.time} ms`),
      this.#limits.time,
    );
    this.#thread.postMessage(this.#current.job);
  }

  #startThread(): Worker {
    const thread = this.#start();
    // One that was abandoned may still have something to say.
    thread.on('message', (answer: Answer) => this.#thread === thread && this.#settle(answer));
    thread.on('error', ({ message }) => this.#thread === thread && this.#abandon(message));
    return thread;
  }

  #settle(answer: Answer): void {
    clearTimeout(this.#timer);
    this.#thread?.unref();
    this.#current?.settle(answer);
    this.#next();
  }

  /** Ends the thread in the midst of what it does; the next job starts another. */
  #abandon(reason: string): void {
    const thread = this.#thread;
    this.#thread = undefined;
    thread?.terminate().catch(() => {});
    this.#settle(failure(reason));
  }
}
