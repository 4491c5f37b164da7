// Files as they stood at a revision of git.
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { FileContent } from '../../routes-file/content.ts';

/** The largest file that is read, in bytes: what routes.yaml refuses is not read to its end. */
const MAX_BYTES = 64 * 1024 * 1024;

/** A revision of the repository that a file stands in. */
export type GitRevision = {
  /** Reads a file as it stood; paths are those of now, as seen from the current folder. */
  readonly read: (file: string) => FileContent;
};

/** Finds a revision of the repository that holds a file; undefined where there is no such thing. */
export function gitRevision(revision: string, file: string): GitRevision | undefined {
  const folder = dirname(resolve(file));
  const top = git(folder, ['rev-parse', '--show-toplevel'])?.toString('utf8').replace(/\n$/, '');
  if (top === undefined || revision.startsWith('-')) return undefined;
  const commit = git(folder, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`])
    ?.toString('utf8')
    .trim();
  if (commit === undefined) return undefined;
  return { read: (path) => readAt(top, commit, path) };
}

function readAt(top: string, commit: string, file: string): FileContent {
  const path = relative(top, realPath(file)).split(sep).join('/');
  const bytes = git(top, ['cat-file', 'blob', `${commit}:${path}`]);
  if (!bytes) return unreadable('file-unreadable', `${path} is not there at that revision`, true);
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return unreadable('file-encoding', 'the file is not UTF-8', false);
  }
}

function unreadable(
  code: 'file-unreadable' | 'file-encoding',
  reason: string,
  missing: boolean,
): FileContent {
  return { ok: false, code, reason, place: { line: 1, column: 1 }, missing };
}

/** Git names its folder by its real path; the folder of a file that has gone may have gone, too. */
function realPath(file: string): string {
  const path = resolve(file);
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}

function git(folder: string, words: readonly string[]): Buffer | undefined {
  try {
    return execFileSync('git', ['-C', folder, ...words], {
      maxBuffer: MAX_BYTES,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined;
  }
}
