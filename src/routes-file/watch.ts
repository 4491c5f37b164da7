// Tells when a file of the table has changed. Directories are watched, because editors and ConfigMaps
// replace files; a slow poll sees what no event tells (single-file mounts, network file systems).
import { createHash } from 'node:crypto';
import type { FileContent } from './content.ts';
import { DirectoryWatches } from './directory-watches.ts';
import { type RoutesFiles, readContents, readRoutesFiles } from './read.ts';

const SETTLE_MS = 50;
const DEBOUNCE_MS = 50;
const POLL_MS = 1_000;

export type RoutesWatch = {
  /** Reads the files now and reports them even when they have not changed. */
  reload(): Promise<void>;
  close(): void;
};

/**
 * Watches the files of a table and calls back with what they hold, once all of them have been the same for
 * 50 ms: a file caught half-written is not reported, nor are two of which one is new and one old. Content is
 * compared by hash with what was last reported, so that the same texts are told once.
 */
export function watchRoutes(
  current: RoutesFiles,
  onChange: (files: RoutesFiles) => void | Promise<void>,
): RoutesWatch {
  const { place } = current;
  let paths = [...current.contents.keys()];
  let reported = fingerprint(current.contents);
  let running: Promise<void> = Promise.resolve();
  let debounce: NodeJS.Timeout | undefined;
  let closed = false;

  const check = (always: boolean) => {
    const turn = running.then(async () => {
      if (closed) return;
      if (!always && fingerprint(await readContents(paths)) === reported) return;
      const files = await settledFiles(place);
      if (closed || (!always && fingerprint(files.contents) === reported)) return;
      reported = fingerprint(files.contents);
      paths = [...files.contents.keys()];
      directories.follow(paths);
      await onChange(files);
    });
    // A callback that fails concerns whoever asked for this turn; the next one comes all the same.
    running = turn.catch(() => undefined);
    return turn;
  };
  const soon = () => {
    clearTimeout(debounce);
    debounce = setTimeout(() => void check(false), DEBOUNCE_MS);
  };
  const directories = new DirectoryWatches(soon);
  directories.follow(paths);
  const poll = setInterval(() => {
    directories.renew();
    void check(false);
  }, POLL_MS);
  poll.unref();
  return {
    reload: () => check(true),
    close: () => {
      closed = true;
      clearTimeout(debounce);
      clearInterval(poll);
      directories.close();
    },
  };
}

/** Reads until two reads 50 ms apart agree. */
async function settledFiles(place: RoutesFiles['place']): Promise<RoutesFiles> {
  for (;;) {
    const files = await readRoutesFiles(place);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const again = await readContents(files.contents.keys());
    if (fingerprint(again) === fingerprint(files.contents)) return files;
  }
}

function fingerprint(contents: ReadonlyMap<string, FileContent>): string {
  const hash = createHash('sha256');
  for (const [path, content] of contents) {
    const what = content.ok
      ? content.text
      : `unreadable: ${content.reason} ${content.place.line}:${content.place.column}`;
    hash.update(`${path}\0${content.ok}\0${what.length}\0${what}\0`);
  }
  return hash.digest('hex');
}
