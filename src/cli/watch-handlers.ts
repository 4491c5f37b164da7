// `banyan dev`: when a file of the handlers folder is saved, workers with the new code take over.
import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Primary } from '../edge/process/primary.ts';
import type { Log } from '../observe/log.ts';
import { formatProblem } from '../routing/problem.ts';

const DEBOUNCE_MS = 100;

/**
 * Watches the folder and all below it. The old workers go on while the new code has problems. `onSaved`
 * hears of every save, once its code has been tried.
 */
export function watchHandlers(
  folder: string,
  primary: Primary,
  log: Log,
  onSaved: () => Promise<void>,
): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  const reload = async (file: string) => {
    const problems = await primary.replaceWorkers();
    if (problems.length === 0) log.info(`${file} was saved: its new code answers`);
    for (const problem of problems)
      log.error(`${file} was saved, but the old code goes on:\n${formatProblem(problem)}`);
    await onSaved();
  };
  const tree = watchTree(folder, (file) => {
    clearTimeout(timer);
    timer = setTimeout(() => void reload(file), DEBOUNCE_MS);
  });
  return {
    close: () => {
      clearTimeout(timer);
      tree.close();
    },
  };
}

/**
 * Watches each directory by itself. On Linux, Node's recursive watch has one watch for each file and
 * loses it when an editor saves by renaming a new file over the old one (Node 20).
 */
function watchTree(folder: string, onChange: (file: string) => void): { close(): void } {
  const watchers = new Map<string, FSWatcher>();
  const forget = (directory: string) => {
    watchers.get(directory)?.close();
    watchers.delete(directory);
  };
  const follow = () => {
    for (const directory of [folder, ...below(folder)]) {
      if (!watchers.has(directory)) tryToWatch(directory);
    }
  };
  const watchOne = (directory: string) => {
    const watcher = watch(directory, (event, name) => {
      const path = join(directory, name ?? '');
      if (event === 'rename') {
        // It may be a directory that went, came, or was put in another's place.
        for (const known of watchers.keys()) if (`${known}${sep}`.startsWith(`${path}${sep}`)) forget(known);
        follow();
      }
      onChange(relative(folder, path));
    });
    watcher.on('error', () => forget(directory));
    watchers.set(directory, watcher);
  };
  const tryToWatch = (directory: string) => {
    try {
      watchOne(directory);
    } catch {
      // It has gone again, or the system watches no more: what is in it takes a restart.
    }
  };
  follow();
  return {
    close: () => {
      for (const directory of [...watchers.keys()]) forget(directory);
    },
  };
}

/** Lists the directories below a folder, but for packages and what is hidden. */
function below(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const wanted = names.filter((name) => name !== 'node_modules' && !name.startsWith('.'));
    return wanted.map((name) => join(directory, name)).flatMap((path) => [path, ...below(path)]);
  } catch {
    // It went while it was looked at.
    return [];
  }
}
