// Sessions in files, as session.save_handler=files writes them. Source: php-src ext/session/mod_files.c.
import { type FileHandle, open, stat, utimes } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Result } from '../../../php/result.ts';
import { NO_COLUMNS, type PlaceOptions, type SessionPlace, type StoredSession, within } from '../place.ts';

/** Where the files are. */
export type FilesOptions = PlaceOptions & {
  readonly folder: string;
  /** How many levels of folders the first letters of an id name: the N of `session.save_path = "N;/path"`. */
  readonly depth: number;
  /** Whether the application refuses a file that was not changed for a lifetime, before it is collected. */
  readonly endsAtOnce: boolean;
};

/**
 * PHP locks the file (flock, which Node does not have) and changes it in two steps, in place: cut, then written. A file that
 * was changed less than this many milliseconds ago may be between the two. The file system's clock ticks every 4 ms or so.
 */
const SETTLED_AFTER = 12;
const ATTEMPTS = 3;

/** Creates the place for a folder of session files. */
export function createFilesPlace(options: FilesOptions): SessionPlace {
  const { timeoutMs, folder } = options;
  const name = `the session files in ${folder}`;
  const run = <Value>(work: () => Promise<Value>): Promise<Result<Value, { message: string }>> =>
    within(work(), timeoutMs, name);
  return {
    read: (key) => run(() => readIfThere(options, key)),
    touch: (key) => run(() => ifThere(false, () => renew(pathOf(options, key), options.now))),
    close: () => {},
  };
}

/** Where the folder itself is not there, nobody knows who has a session: a wrong path must not log everybody out. */
async function readIfThere(options: FilesOptions, key: string): Promise<StoredSession | null> {
  const reading = await ifThere(null, () => readSettled(pathOf(options, key), options.now));
  if (reading === null && !(await isFolder(options.folder))) throw new Error('there is no such folder');
  return reading && !isOver(reading, options) ? { bytes: reading.bytes, columns: NO_COLUMNS } : null;
}

function isOver({ changedMs }: Reading, { endsAtOnce, lifetime, now }: FilesOptions): boolean {
  return endsAtOnce && changedMs / 1000 + lifetime < now();
}

async function isFolder(path: string): Promise<boolean> {
  return ifThere(false, async () => (await stat(path)).isDirectory());
}

/** The caller has made sure that a key has no slash. */
function pathOf({ folder, depth, prefix }: FilesOptions, key: string): string {
  const levels = [...key.slice(0, depth)].map((letter) => `${letter}/`).join('');
  return `${folder}/${levels}${prefix}${key}`;
}

/** Reads until what was read is one state of the file; PHP must answer where it never is. */
async function readSettled(path: string, now: () => number): Promise<Reading> {
  let before: Reading | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const reading = await readOnce(path);
    if (reading.isWhole && (isOld(reading, now) || isSame(reading, before))) return reading;
    before = reading;
    await setTimeout(SETTLED_AFTER);
  }
  throw new Error('a file that is being written all the time');
}

type Reading = { readonly bytes: Buffer; readonly changedMs: number; readonly isWhole: boolean };

function isOld({ changedMs }: Reading, now: () => number): boolean {
  return now() * 1000 - changedMs >= SETTLED_AFTER;
}

/** Nothing has happened to the file since it was read last, whatever its server's clock says. */
function isSame(reading: Reading, before: Reading | undefined): boolean {
  return before?.changedMs === reading.changedMs && before.bytes.equals(reading.bytes);
}

async function readOnce(path: string): Promise<Reading> {
  const file = await open(path, 'r');
  try {
    const before = await stampOf(file);
    const bytes = await file.readFile();
    const after = await stampOf(file);
    const isWhole = before.changedMs === after.changedMs && after.size === bytes.length;
    return { bytes, changedMs: after.changedMs, isWhole };
  } finally {
    await file.close();
  }
}

async function stampOf(file: FileHandle): Promise<{ changedMs: number; size: number }> {
  const { mtimeNs, size } = await file.stat({ bigint: true });
  return { changedMs: Number(mtimeNs) / 1e6, size: Number(size) };
}

async function renew(path: string, now: () => number): Promise<boolean> {
  await utimes(path, now(), now());
  return true;
}

async function ifThere<Value, Missing>(
  missing: Missing,
  work: () => Promise<Value>,
): Promise<Value | Missing> {
  try {
    return await work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing;
    throw new Error((error as NodeJS.ErrnoException).code ?? (error as Error).message);
  }
}
