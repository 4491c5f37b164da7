// What is to be done once what a request has written is there for all to see, such as deleting what a cache says of it.

/** Work that must not reject. */
export type Afterwards = () => Promise<void>;

/** The work that waits for one request's transactions. */
export class AfterCommit {
  #open = 0;
  #committed = false;
  #waiting: Afterwards[] = [];

  /** Does it at once if no transaction is under way; else after the COMMIT, or never if all is rolled back. */
  async add(work: Afterwards): Promise<void> {
    if (this.#open === 0) return work();
    this.#waiting.push(work);
  }

  /** Notes that a transaction has begun. */
  begun(): void {
    this.#open += 1;
  }

  /** Notes how a transaction ended, and does what waits when it was the last one. */
  async ended(how: 'committed' | 'rolled back'): Promise<void> {
    this.#open -= 1;
    this.#committed ||= how === 'committed';
    if (this.#open > 0) return;
    const work = this.#committed ? this.#waiting : [];
    this.#waiting = [];
    this.#committed = false;
    await Promise.allSettled(work.map((one) => one()));
  }
}
