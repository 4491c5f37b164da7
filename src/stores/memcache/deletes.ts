// Deleting what has become stale: at once, and once more a second later, because PHP may just have read the old row and be about to
// store what it makes of it. A delete that fails is tried again, and told.
import type { Result } from '../../php/result.ts';
import type { CacheProblem, CacheProblemCode } from './cache.ts';
import type { MemcacheError } from './transport.ts';

/** What deleting needs. */
export interface DeleteParts {
  readonly remove: (key: string) => Promise<Result<unknown, MemcacheError>>;
  readonly onProblem: (problem: CacheProblem) => void;
  /** How long after the first delete the second one comes, in milliseconds. */
  readonly pause: number;
  /** How many keys may wait for a later delete; beyond that the oldest is deleted early, for the last time. */
  readonly limit: number;
}

/** A delete that fails is tried this often in all; the pauses double: a minute. */
const MAX_ATTEMPTS = 7;

/** The deletes of one process. */
export class Deletes {
  readonly #parts: DeleteParts;
  readonly #later = new Map<string, NodeJS.Timeout>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(parts: DeleteParts) {
    this.#parts = parts;
  }

  /** Deletes keys now, and again later. Never rejects. */
  async run(keys: readonly string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.#attempt(key, 1)));
  }

  /** Does now what would come later. */
  async close(): Promise<void> {
    await Promise.all(this.#underWay);
    const waiting = [...this.#later.keys()];
    for (const key of waiting) this.#take(key);
    await Promise.all(waiting.map((key) => this.#remove(key, MAX_ATTEMPTS)));
  }

  async #attempt(key: string, attempt: number): Promise<void> {
    // Before the first delete, so that the second one is due even if the process is told to stop meanwhile.
    if (attempt === 1) this.#schedule(key, 2);
    const done = await this.#remove(key, attempt);
    if (!done && attempt > 1 && attempt < MAX_ATTEMPTS && !this.#later.has(key))
      this.#schedule(key, attempt + 1);
  }

  #schedule(key: string, attempt: number): void {
    this.#take(key);
    const [oldest] = this.#later.keys();
    if (this.#later.size >= this.#parts.limit && oldest !== undefined) this.#due(oldest, MAX_ATTEMPTS);
    const timer = setTimeout(() => this.#due(key, attempt), this.#parts.pause * 2 ** (attempt - 2));
    this.#later.set(key, timer);
  }

  #due(key: string, attempt: number): void {
    this.#take(key);
    const work = this.#attempt(key, attempt).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  #take(key: string): void {
    clearTimeout(this.#later.get(key));
    this.#later.delete(key);
  }

  /** Tells of the first failure and of the last; in between nothing is new. */
  async #remove(key: string, attempt: number): Promise<boolean> {
    const removed = await this.#parts.remove(key);
    if (removed.ok) return true;
    // What is no key to us is none to PHP either.
    if (removed.error.code === 'bad-key') {
      if (attempt === 1) this.#parts.onProblem({ ...removed.error, key });
      return true;
    }
    if (attempt === 1) this.#report('delete-failed', key, `${removed.error.message}; it is tried again`);
    if (attempt === MAX_ATTEMPTS) this.#report('delete-given-up', key, removed.error.message);
    return false;
  }

  #report(code: CacheProblemCode, key: string, why: string): void {
    const message = `${key} was not deleted, PHP may show what is stale until it expires: ${why}`;
    this.#parts.onProblem({ code, key, message });
  }
}
