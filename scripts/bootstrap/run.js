// Running a command to its end, tied to us: it ends when we do, however we end.

import { childEnvironment } from '../environment.js';
import { run } from '../services/process.js';

/**
 * Runs a command that prints where we print; rejects when the signal asks for an early end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string>, signal?: AbortSignal | undefined }} options
 * @returns {Promise<boolean>} whether it exited with 0
 */
export async function succeeds(command, args, { cwd, env = childEnvironment(), signal }) {
  const running = await run({ command, args, env, cwd, graceMs: 2_000 });
  const end = () => void running.stop();
  signal?.addEventListener('abort', end);
  if (signal?.aborted) end();
  // The supervisor alone does not keep us alive.
  const alive = setInterval(() => {}, 60_000);
  const ending = await running.ended;
  clearInterval(alive);
  signal?.removeEventListener('abort', end);
  signal?.throwIfAborted();
  return ending === 'exit 0';
}
