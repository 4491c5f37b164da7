// Tells when the routes file has changed. The directory is watched, because editors and ConfigMaps
// replace the file; a slow poll sees what no event tells (single-file mounts, network file systems).
import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Problem } from '../routing/problem.ts';

const SETTLE_MS = 50;
const DEBOUNCE_MS = 50;
const POLL_MS = 2_000;

/** What the file holds now, or why it cannot be read. */
export type FileContent =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      readonly code: 'file-unreadable' | 'file-encoding';
      readonly reason: string;
      readonly place: { readonly line: number; readonly column: number };
      /** There is no such file. */
      readonly missing: boolean;
    };

export type RoutesWatch = {
  /** Reads the file now and reports it even when it has not changed. */
  reload(): Promise<void>;
  close(): void;
};

/** Reads the file; what goes wrong comes back as a reason without the call stack. */
export async function readRoutesFile(file: string): Promise<FileContent> {
  try {
    // Opening a named pipe would wait for a writer.
    if (!(await stat(file)).isFile()) return unreadable('it is no regular file');
    return decode(await readFile(file));
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return unreadable(error instanceof Error ? error.message : String(error), missing);
  }
}

/** Tells why there is no text. */
export function contentProblem(content: FileContent & { ok: false }, file: string): Problem {
  const { code, reason, place } = content;
  const cure =
    code === 'file-encoding'
      ? 'save the file as UTF-8'
      : 'write one, name another with --routes, or set LEGACY_URL alone to send everything to legacy';
  return { code, position: { file, ...place }, message: reason, cure };
}

function unreadable(reason: string, missing = false): FileContent {
  return { ok: false, code: 'file-unreadable', reason, place: { line: 1, column: 1 }, missing };
}

function decode(bytes: Buffer): FileContent {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const before = bytes.toString('utf8').slice(0, firstForeign(bytes)).split('\n');
    const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    return { ok: false, code: 'file-encoding', reason: 'the file is not UTF-8', place, missing: false };
  }
}

/** Finds the first replacement character that does not stand in the file itself. */
function firstForeign(bytes: Buffer): number {
  const text = bytes.toString('utf8');
  let offset = 0;
  let from = 0;
  for (;;) {
    const index = text.indexOf('\ufffd', from);
    if (index < 0) return text.length;
    offset += Buffer.byteLength(text.slice(from, index));
    if (bytes.toString('latin1', offset, offset + 3) !== '\xef\xbf\xbd') return index;
    offset += 3;
    from = index + 1;
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
    : `unreadable: ${content.reason} ${content.place.line}:${content.place.column}`;
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
