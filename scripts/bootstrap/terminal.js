// What these scripts tell the person at the terminal, and hearing them say stop.

/**
 * Makes a logger that puts the seconds since the start before each line, on standard error.
 *
 * @param {number} [startedAt] in milliseconds
 */
export function progress(startedAt = Date.now()) {
  return (/** @type {string} */ line) => {
    const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1).padStart(5);
    process.stderr.write(`${seconds}s  ${line}\n`);
  };
}

/**
 * Returns a signal that aborts on Ctrl-C, TERM or hang-up, and when the parent ends: npm does not pass on a TERM. A
 * second one ends this process at once, and the supervisors then end everything it has started.
 *
 * @returns {AbortSignal}
 */
export function stopSignal() {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error('stopped'));
  };
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(name, stop);
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid !== parent && controller.abort(new Error('stopped')), 500);
  watch.unref();
  return controller.signal;
}

/**
 * Ends a script that failed: words for what a person can mend, a stack trace for what only we can.
 *
 * @param {unknown} error
 * @param {AbortSignal} signal
 */
export function fail(error, signal) {
  if (signal.aborted) process.exit(130);
  console.error(error instanceof Error ? error.message : error);
  if (process.env.DEBUG && error instanceof Error) console.error(error.stack);
  process.exit(1);
}
