// Cancels a handler's work. Most handlers never ask for the signal, so it is made on first use.

export class Cancellation {
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  /** The signal to give to what can be cancelled. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** Cancels, once. */
  cancel(reason: string): void {
    this.#reason ??= new Error(reason);
    this.#controller?.abort(this.#reason);
  }
}
