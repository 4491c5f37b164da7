// Replaces a file's content in one step: whoever reads it meanwhile sees the old text or the new one.
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

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

export type ReplaceResult = { readonly ok: true } | { readonly ok: false; readonly message: string };

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
 * renamed over it. Refused when somebody else has changed the file since it was read.
 */
export async function replaceFile({ target, bytes }: EditableFile, text: string): Promise<ReplaceResult> {
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    const { mode, uid, gid } = await stat(target);
    const handle = await open(temporary, 'wx', mode & 0o777);
    try {
      await own(handle, uid, gid);
      await handle.chmod(mode & 0o7777);
      await handle.writeFile(withMarkOf(bytes, text));
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (!(await readFile(target)).equals(bytes)) throw new Error('it was changed meanwhile; try again');
    await rename(temporary, target);
    return { ok: true };
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    return { ok: false, message: `${target} cannot be replaced: ${reason(error)}` };
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
    case 'EPERM':
    case 'EACCES':
      return 'this user may not write it as its owner would, or not in its folder';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
