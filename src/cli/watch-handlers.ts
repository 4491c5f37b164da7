// `banyan dev`: when a file of the handlers folder is saved, workers with the new code take over.
import { type FSWatcher, watch } from 'node:fs';
import type { Primary } from '../edge/primary.ts';
import type { Log } from '../observe/log.ts';
import { formatProblem } from '../routing/problem.ts';

const DEBOUNCE_MS = 100;

/** Watches the folder and all below it. The old workers go on while the new code has problems. */
export function watchHandlers(folder: string, primary: Primary, log: Log): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  const reload = async (file: string) => {
    const problems = await primary.replaceWorkers();
    if (problems.length === 0) log.info(`${file} was saved: its new code answers`);
    for (const problem of problems)
      log.error(`${file} was saved, but the old code goes on:\n${formatProblem(problem)}`);
  };
  const watcher: FSWatcher = watch(folder, { recursive: true }, (_event, file) => {
    clearTimeout(timer);
    timer = setTimeout(() => void reload(String(file)), DEBOUNCE_MS);
  });
  watcher.on('error', (error) => log.warn(`handlers are not watched any more: ${error.message}`));
  return {
    close: () => {
      clearTimeout(timer);
      watcher.close();
    },
  };
}
