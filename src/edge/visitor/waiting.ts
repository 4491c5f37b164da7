// A request that was sent before the one ahead of it on its connection had been answered (pipelining).
import type { ServerResponse } from 'node:http';

/**
 * Keeps back what comes of the request's body: whoever serves a request counts on seeing the body come behind its
 * head, to look into it, to count it or to have it kept from him.
 */
export class WaitingRequest {
  readonly res: ServerResponse;
  readonly #body: (Buffer | null)[] = [];
  #size = 0;

  constructor(res: ServerResponse) {
    this.res = res;
    const { req } = res;
    req.push = (chunk: Buffer | null) => {
      this.#body.push(chunk);
      this.#size += chunk?.length ?? 0;
      return this.#size < req.readableHighWaterMark;
    };
  }

  /** Whether more of the body is on its way. */
  get isHalfRead(): boolean {
    return !this.res.req.complete;
  }

  /** Lets the request be served, and then its body come. */
  serve(begin: (res: ServerResponse) => void): void {
    const { req } = this.res;
    Reflect.deleteProperty(req, 'push');
    begin(this.res);
    for (const chunk of this.#body) if (!req.destroyed) req.push(chunk);
  }
}
