// Cancels a handler's work. Most handlers never ask for the signal, so it is made on first use.
import { setMaxListeners } from 'node:events';

export class Cancellation {
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  /** The signal to give to what can be cancelled. */
  get signal(): AbortSignal {
    this.#controller ??= createController();
    if (this.#reason) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** Cancels, once. */
  cancel(reason: string): void {
    this.#reason ??= new Error(reason);
    this.#controller?.abort(this.#reason);
  }
}

/** Everything that one request waits for at a time listens to it; Node would warn from the eleventh on. */
function createController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
