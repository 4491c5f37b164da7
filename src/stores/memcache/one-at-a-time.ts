// Work that many ask for at once and one does.
import { untilAborted } from '../until-aborted.ts';

interface Flight<Value> {
  readonly promise: Promise<Value>;
  readonly signal: AbortSignal;
}

/** Runs work once at a time for each key; who comes meanwhile waits for what the first one gets. */
export class OneAtATime<Value> {
  readonly #flights = new Map<string, Flight<Value>>();

  /**
   * Gives what the work gives, and whether it was this caller's work. Rejects as the work does; who waits for somebody who gives up
   * (`signal`) does the work himself.
   */
  async run(
    key: string,
    signal: AbortSignal,
    work: (isCurrent: () => boolean) => Promise<Value>,
  ): Promise<{ readonly value: Value; readonly isOwn: boolean }> {
    for (;;) {
      const flight = this.#flights.get(key);
      if (!flight) return { value: await this.#begin(key, signal, work), isOwn: true };
      try {
        return { value: await flight.promise, isOwn: false };
      } catch (error) {
        if (!flight.signal.aborted || signal.aborted) throw error;
      }
    }
  }

  /** Has the next caller do the work anew; what is under way is no longer current. */
  forget(key: string): void {
    this.#flights.delete(key);
  }

  #begin(
    key: string,
    signal: AbortSignal,
    work: (isCurrent: () => boolean) => Promise<Value>,
  ): Promise<Value> {
    const isCurrent = () => this.#flights.get(key) === flight;
    const fly = async () => {
      try {
        return await untilAborted(work(isCurrent), signal);
      } finally {
        if (isCurrent()) this.forget(key);
      }
    };
    const flight: Flight<Value> = { promise: Promise.resolve().then(fly), signal };
    this.#flights.set(key, flight);
    return flight.promise;
  }
}
