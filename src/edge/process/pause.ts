// Work in slices: whoever waits for the event loop gets his turn in between.

/**
 * How long a process that serves may work without a pause. Where the processors are busy, every millisecond of
 * work has a few of waiting for one of them.
 */
const SLICE_MS = 3;

/** Makes a pause that lets the event loop turn once the work since the last one has taken 3 ms. */
export function pauses(now: () => number): () => Promise<void> {
  let since = now();
  return async () => {
    if (now() - since < SLICE_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    since = now();
  };
}
