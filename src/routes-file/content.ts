// What a file holds, or why it cannot be read.
import { readFileSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { reasonOf } from '../reason.ts';
import type { Problem } from '../routing/problem.ts';

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

/** Reads a file; what goes wrong comes back as a reason without the call stack. */
export async function readContent(file: string): Promise<FileContent> {
  try {
    // Opening a named pipe would wait for a writer.
    if (!(await stat(file)).isFile()) return unreadable('it is no regular file');
    return decode(await readFile(file));
  } catch (error) {
    return failure(error);
  }
}

/** Reads a file while everybody waits. */
export function readContentSync(file: string): FileContent {
  try {
    if (!statSync(file).isFile()) return unreadable('it is no regular file');
    return decode(readFileSync(file));
  } catch (error) {
    return failure(error);
  }
}

/** Tells why there is no text. */
export function contentProblem(content: FileContent & { ok: false }, file: string): Problem {
  const { code, reason, place } = content;
  const cure =
    code === 'file-encoding'
      ? 'save the file as UTF-8'
      : 'write it, or name another; LEGACY_URL alone, without a file, sends everything to legacy';
  return { code, position: { file, ...place }, message: reason, cure };
}

function failure(error: unknown): FileContent {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return unreadable('there is no such file', true);
  if (code === 'EACCES') return unreadable('this user may not read it');
  return unreadable(reasonOf(error));
}

function unreadable(reason: string, missing = false): FileContent {
  return { ok: false, code: 'file-unreadable', reason, place: { line: 1, column: 1 }, missing };
}

/** Reads bytes as UTF-8, or tells where they are none. */
export function decode(bytes: Buffer): FileContent {
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
