// Tells when the routes file has changed. The directory is watched, because editors and ConfigMaps
// replace the file; a slow poll sees what no event tells (single-file mounts, network file systems).
import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const SETTLE_MS = 50;
const DEBOUNCE_MS = 50;
const POLL_MS = 2_000;

/** What the file holds now, or why it cannot be read. */
export type FileContent =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string /** There is no such file. */; readonly missing: boolean };

export type RoutesWatch = {
  /** Reads the file now and reports it even when it has not changed. */
  reload(): Promise<void>;
  close(): void;
};

/** Reads the file; what goes wrong comes back as a reason without the call stack. */
export async function readRoutesFile(file: string): Promise<FileContent> {
  try {
    return { ok: true, text: await readFile(file, 'utf8') };
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { ok: false, reason: error instanceof Error ? error.message : String(error), missing };
  }
}

/**
 * Watches a routes file and calls back with each new content, once it has been the same for 50 ms:
 * a file caught half-written is not reported. Content is compared by hash with what was last
 * reported, so that the same text is told once.
 */
export function watchRoutes(
  file: string,
  current: FileContent,
  onChange: (content: FileContent) => void | Promise<void>,
): RoutesWatch {
  let reported = fingerprint(current);
  let running: Promise<void> = Promise.resolve();
  let debounce: NodeJS.Timeout | undefined;
  let closed = false;

  const check = (always: boolean) => {
    const turn = running.then(async () => {
      if (closed) return;
      const content = await settledContent(file, reported, always);
      if (!content || closed) return;
      reported = fingerprint(content);
      await onChange(content);
    });
    // A callback that fails concerns whoever asked for this turn; the next one comes all the same.
    running = turn.catch(() => undefined);
    return turn;
  };
  const soon = () => {
    clearTimeout(debounce);
    debounce = setTimeout(() => void check(false), DEBOUNCE_MS);
  };
  const watcher = watchDirectory(dirname(file), soon);
  const poll = setInterval(() => void check(false), POLL_MS);
  poll.unref();
  return {
    reload: () => check(true),
    close: () => {
      closed = true;
      clearTimeout(debounce);
      clearInterval(poll);
      watcher?.close();
    },
  };
}

/** Reads until two reads 50 ms apart agree; undefined when that is what was reported before. */
async function settledContent(
  file: string,
  reported: string,
  always: boolean,
): Promise<FileContent | undefined> {
  let content = await readRoutesFile(file);
  if (!always && fingerprint(content) === reported) return undefined;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const again = await readRoutesFile(file);
    if (fingerprint(again) === fingerprint(content)) break;
    content = again;
  }
  return !always && fingerprint(content) === reported ? undefined : content;
}

function fingerprint(content: FileContent): string {
  return content.ok
    ? createHash('sha256').update(content.text).digest('hex')
    : `unreadable: ${content.reason}`;
}

/** A directory that cannot be watched is left to the poll. */
function watchDirectory(directory: string, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, { persistent: false }, onEvent);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
