// A lock file beside a file that is being changed: who finds one waits for it, or takes it over from the dead.
import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Nobody needs so long to put a file in another's place. */
const STALE_MS = 60_000;
const WAIT_MS = 5_000;
const POLL_MS = 50;

/** A lock that is held until it is released, or who holds it. */
export type LockResult =
  | { readonly ok: true; release(): Promise<void> }
  | { readonly ok: false; readonly message: string };

/** Locks a file for all processes that ask; waits 5 s at most. Throws where its folder cannot be written. */
export async function lockFile(file: string): Promise<LockResult> {
  const path = join(dirname(file), `.${basename(file)}.lock`);
  const own = `${process.pid} ${hostname()} ${randomBytes(6).toString('hex')}`;
  const until = performance.now() + WAIT_MS;
  for (;;) {
    if (await create(path, own)) return { ok: true, release: () => release(path, own) };
    const holder = await readHolder(path);
    if (!holder) continue;
    if (isStale(holder)) await takeAway(path, holder.token);
    else if (performance.now() >= until) return { ok: false, message: held(holder, path) };
    else await setTimeout(POLL_MS);
  }
}

async function create(path: string, token: string): Promise<boolean> {
  try {
    await writeFile(path, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function release(path: string, own: string): Promise<void> {
  if ((await readHolder(path))?.token === own) await rm(path, { force: true });
}

type Holder = {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  readonly ageMs: number;
};

/** Returns undefined where the lock has just been released. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const [token, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    const [pid, host = ''] = token.split(' ');
    return { token, pid: Number(pid), host, ageMs: Math.max(0, Date.now() - mtimeMs) };
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Whether a process lives can be seen on its own machine only. */
function isStale({ token, pid, host, ageMs }: Holder): boolean {
  if (ageMs > STALE_MS) return true;
  return token !== '' && host === hostname() && !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

/** Removes a stale lock. Somebody else may have done so and made one of his own: that is put back. */
async function takeAway(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path);
  } catch (error) {
    if (!isCode(error, 'ENOENT') && !isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function held({ pid, host, ageMs }: Holder, path: string): string {
  const where = host === hostname() ? '' : ` on ${host}`;
  const since = `for ${Math.round(ageMs / 1_000)} s`;
  return `process ${pid}${where} has been changing it ${since}; try again, or remove ${path} if it has not`;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
