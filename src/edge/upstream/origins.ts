// The addresses of one upstream: they take turns, and one that cannot be reached is left alone for a while.
import type { Upstream } from '../../routing/route.ts';
import { Connections } from './connections.ts';
import type { ForwardEnd } from './forwarder.ts';

/** How long an address that could not be reached is passed over, where there are others. */
export const PASSED_OVER_MS = 10_000;

/** How an attempt ends whose address cannot be reached. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'connect-timeout',
]);

/** Whether nothing could be sent, for the address could not be reached. */
export function isUnreachable(end: ForwardEnd): boolean {
  return end.kind === 'failed' && end.stage === 'connect' && UNREACHABLE.has(end.code);
}

/** One address of an upstream. */
export type Origin = { readonly url: string; readonly connections: Connections; deadUntil: number };

export class Origins {
  readonly #origins: readonly Origin[];
  readonly #now: () => number;
  #turn = 0;

  /** `now` is in milliseconds, on a clock that never goes back. */
  constructor(upstream: Upstream, now: () => number) {
    this.#origins = upstream.origins.map((url) => ({
      ...{ url, connections: new Connections(url, upstream.timeouts), deadUntil: Number.NEGATIVE_INFINITY },
    }));
    this.#now = now;
  }

  get count(): number {
    return this.#origins.length;
  }

  /** Returns the next address in turn that can be reached as far as is known; any, where none can. */
  next(): Origin {
    const { length } = this.#origins;
    for (let step = 0; step < length; step += 1) {
      const origin = this.#origins[(this.#turn + step) % length];
      if (!origin || (length > 1 && origin.deadUntil > this.#now())) continue;
      this.#turn = (this.#turn + step + 1) % length;
      return origin;
    }
    this.#turn = (this.#turn + 1) % length;
    const any = this.#origins[this.#turn];
    if (!any) throw new Error('an upstream without an address');
    return any;
  }

  /** Notes that an address could not be reached. */
  passOver(origin: Origin): void {
    origin.deadUntil = this.#now() + PASSED_OVER_MS;
  }

  async close(): Promise<void> {
    await Promise.all(this.#origins.map(({ connections }) => connections.close()));
  }
}
