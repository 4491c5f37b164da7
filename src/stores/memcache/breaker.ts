// Decides whether a server in trouble is asked: not for a while after a failure, then by one request, whose end decides for all.

/** How a breaker judges; times in milliseconds. */
export interface BreakerLimits {
  /** How long a server is left alone after its first failure; each further one doubles it. */
  readonly backOff: number;
  /** The longest that it is left alone. */
  readonly maxBackOff: number;
  /** Monotonic. */
  readonly now: () => number;
}

/** One server's breaker. */
export class Breaker {
  readonly #limits: BreakerLimits;
  #nextBackOff: number;
  /** Undefined while the server is well. */
  #leftAloneUntil: number | undefined;
  #isProbing = false;

  constructor(limits: BreakerLimits) {
    this.#limits = limits;
    this.#nextBackOff = limits.backOff;
  }

  /** Says whether a request may be sent. After a pause only one may, until it has succeeded or failed. */
  admits(): boolean {
    if (this.#leftAloneUntil === undefined) return true;
    if (this.#isProbing || this.#limits.now() < this.#leftAloneUntil) return false;
    this.#isProbing = true;
    return true;
  }

  /** Takes note that the server has answered. */
  succeed(): void {
    this.#leftAloneUntil = undefined;
    this.#isProbing = false;
    this.#nextBackOff = this.#limits.backOff;
  }

  /** Takes note that a connection has failed. */
  fail(): void {
    this.#leftAloneUntil = this.#limits.now() + this.#nextBackOff;
    this.#isProbing = false;
    this.#nextBackOff = Math.min(this.#nextBackOff * 2, this.#limits.maxBackOff);
  }
}
