// Watches the directories of some files, whatever is put in their place.
import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';

type Watched = { readonly watcher: FSWatcher; readonly identity: string };

export class DirectoryWatches {
  readonly #onEvent: () => void;
  #watched = new Map<string, Watched>();
  #paths: readonly string[] = [];

  constructor(onEvent: () => void) {
    this.#onEvent = onEvent;
  }

  /** Watches the directories of these files, and no others. */
  follow(paths: readonly string[]): void {
    this.#paths = paths;
    this.renew();
  }

  /** Watches anew what has been replaced; a directory that cannot be watched is left to the poll. */
  renew(): void {
    const directories = new Set(this.#paths.map((path) => dirname(path)));
    const before = this.#watched;
    this.#watched = new Map();
    for (const directory of directories) {
      const identity = identityOf(directory);
      const existing = before.get(directory);
      const kept = existing && existing.identity === identity ? existing : this.#watch(directory, identity);
      if (kept) this.#watched.set(directory, kept);
    }
    for (const [directory, old] of before) {
      if (this.#watched.get(directory) !== old) old.watcher.close();
    }
  }

  close(): void {
    this.follow([]);
  }

  #watch(directory: string, identity: string | undefined): Watched | undefined {
    if (identity === undefined) return undefined;
    try {
      const watcher = watch(directory, { persistent: false }, this.#onEvent);
      watcher.on('error', () => watcher.close());
      return { watcher, identity };
    } catch {
      return undefined;
    }
  }
}

function identityOf(directory: string): string | undefined {
  try {
    const { dev, ino } = statSync(directory);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
