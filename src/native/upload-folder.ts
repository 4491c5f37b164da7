// Where uploaded files lie until their request has ended: a private folder of each process.
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { lstat, mkdtemp, readdir, rm, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

export type UploadFolder = {
  /** Creates what holds the files of one request. */
  batch(): UploadBatch;
  /** Removes what processes of this machine that are gone have left behind. Never rejects. */
  clearLeftovers(): Promise<void>;
  /** Removes the folder with all that is in it. Never rejects. */
  close(): Promise<void>;
};

/** The files of one request. */
export type UploadBatch = {
  /** Resolves when the files are no longer wanted. */
  readonly cleared: Promise<void>;
  /** Opens a new file to write to, which only this user can read. */
  create(): Promise<WriteStream>;
  /** Removes one file, if it is still there. */
  remove(file: WriteStream): Promise<void>;
  /** Removes all of them, those that are still being written too. Never rejects. */
  clear(): Promise<void>;
};

/** Creates the folder's keeper; the folder itself is made for the first file. `temporary` is where. */
export function createUploadFolder(temporary: string): UploadFolder {
  // Containers that share a folder do not share process ids.
  const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
  const prefix = `banyan-uploads-${machine}-`;
  let made: Promise<string> | undefined;
  const make = () => {
    made = mkdtemp(join(temporary, `${prefix}${process.pid}-`));
    return made;
  };
  const folder = async () => {
    const before = made;
    const path = await before?.catch(() => undefined);
    // Whoever cleans up temporary files may have taken it, and somebody else its name since.
    if (path !== undefined && (await isOwnFolder(path))) return path;
    // Of those who miss it at a time, one makes it anew.
    return made === undefined || made === before ? make() : made;
  };
  return {
    batch: () => new Batch(folder),
    clearLeftovers: () => clearLeftovers(temporary, prefix).catch(() => {}),
    close: async () => {
      const path = await made?.catch(() => undefined);
      if (path) await rm(path, { recursive: true, force: true }).catch(() => {});
    },
  };
}

class Batch implements UploadBatch {
  readonly cleared: Promise<void>;
  readonly #folder: () => Promise<string>;
  readonly #files = new Set<WriteStream>();
  #isCleared = false;
  #onCleared: () => void = () => {};

  constructor(folder: () => Promise<string>) {
    this.#folder = folder;
    this.cleared = new Promise((resolve) => {
      this.#onCleared = resolve;
    });
  }

  async create(): Promise<WriteStream> {
    const path = join(await this.#folder(), randomBytes(16).toString('hex'));
    if (this.#isCleared) throw new Error('the request has ended');
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    this.#files.add(file);
    return file;
  }

  async remove(file: WriteStream): Promise<void> {
    this.#files.delete(file);
    // Opening takes its time: a file that is removed too early would be created afterwards.
    if (!file.closed) {
      const closed = new Promise<void>((resolve) => file.once('close', () => resolve()));
      file.on('error', () => {});
      file.destroy();
      await closed;
    }
    await unlink(file.path).catch(() => {});
  }

  async clear(): Promise<void> {
    this.#isCleared = true;
    this.#onCleared();
    await Promise.all([...this.#files].map((file) => this.remove(file)));
  }
}

async function clearLeftovers(temporary: string, prefix: string): Promise<void> {
  const names = (await readdir(temporary)).filter((name) => name.startsWith(prefix));
  for (const name of names) {
    const path = join(temporary, name);
    const pid = Number(/^\d+/.exec(name.slice(prefix.length))?.[0]);
    if (Number.isInteger(pid) && !isAlive(pid) && (await isOwnFolder(path)))
      await rm(path, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Anybody may create names in a shared folder for temporary files: links, too. */
async function isOwnFolder(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats?.isDirectory() === true && stats.uid === process.getuid?.();
}
