// Replaces a file's content in one step: whoever reads it meanwhile sees the old text or the new one.
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { reasonOf } from '../reason.ts';
import { lockFile } from './file-lock.ts';

/** A file as it was read for an edit; a byte order mark is kept beside the text. */
export type EditableFile = {
  /** Where the file itself is, when the path that was given is a link to it. */
  readonly target: string;
  readonly bytes: Buffer;
  readonly text: string;
};

export type ReadResult =
  | { readonly ok: true; readonly file: EditableFile }
  | { readonly ok: false; readonly message: string };

export type ReplaceResult =
  | { readonly ok: true }
  /** `isStale`: the file is another than was read, and nothing else is wrong. */
  | { readonly ok: false; readonly isStale: boolean; readonly message: string };

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Reads a file that is to be edited, through links. Its text comes without a byte order mark. */
export async function readForEdit(path: string): Promise<ReadResult> {
  try {
    const target = await realpath(path);
    if (!(await stat(target)).isFile()) return { ok: false, message: `${path} is no regular file` };
    const bytes = await readFile(target);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { ok: true, file: { target, bytes, text } };
  } catch (error) {
    return { ok: false, message: `${path} cannot be read: ${reason(error)}` };
  }
}

/**
 * Writes a text in a file's place: into a new file of the same folder, mode and owner, which is then
 * renamed over it. Refused when somebody else has changed the file since it was read; of several who
 * replace it at a time, each waits for its turn.
 */
export async function replaceFile(file: EditableFile, text: string): Promise<ReplaceResult> {
  const failed = (why: string, isStale = false): ReplaceResult => {
    return { ok: false, isStale, message: `${file.target} cannot be replaced: ${why}` };
  };
  try {
    const lock = await lockFile(file.target);
    if (!lock.ok) return failed(lock.message);
    try {
      return (await replaceLocked(file, text)) ? { ok: true } : failed(CHANGED, true);
    } finally {
      await lock.release();
    }
  } catch (error) {
    return failed(reason(error));
  }
}

const CHANGED = 'it was changed meanwhile; try again';

/** States whether the file was replaced: not when it is another than was read. */
async function replaceLocked({ target, bytes }: EditableFile, text: string): Promise<boolean> {
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    await writeLike(target, temporary, withMarkOf(bytes, text));
    const isSame = (await readFile(target)).equals(bytes);
    if (isSame) await rename(temporary, target);
    return isSame;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Writes a new file with the mode and the owner of another. */
async function writeLike(target: string, path: string, content: Buffer): Promise<void> {
  const { mode, uid, gid } = await stat(target);
  const handle = await open(path, 'wx', mode & 0o777);
  try {
    await own(handle, uid, gid);
    await handle.chmod(mode & 0o7777);
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function own(handle: FileHandle, uid: number, gid: number): Promise<void> {
  const now = await handle.stat();
  if (now.uid !== uid || now.gid !== gid) await handle.chown(uid, gid);
}

function withMarkOf(bytes: Buffer, text: string): Buffer {
  const content = Buffer.from(text, 'utf8');
  return bytes.subarray(0, 3).equals(BOM) ? Buffer.concat([BOM, content]) : content;
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EBUSY':
      return 'it is mounted by itself; edit it where it is mounted from';
    case 'EROFS':
      return 'its file system is read-only';
    case 'EPERM':
    case 'EACCES':
      return 'this user may not write it as its owner would, or not in its folder';
    default:
      return reasonOf(error);
  }
}
