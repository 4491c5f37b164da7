// Replacing a file's content in one step.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readForEdit, replaceFile } from '../../src/routes-file/replace-file.ts';

/** A process that has ended. */
const DEAD = spawnSync(process.execPath, ['--version']).pid;

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'banyan-replace-'));
  path = join(folder, 'routes.yaml');
});

afterEach(() => rmSync(folder, { recursive: true }));

async function read(of = path) {
  const result = await readForEdit(of);
  if (!result.ok) throw new Error(result.message);
  return result.file;
}

test('the new text takes the place of the old one, and nothing else is left in the folder', async () => {
  writeFileSync(path, 'old');
  const before = statSync(path).ino;
  expect(await replaceFile(await read(), 'new')).toEqual({ ok: true });
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).ino).not.toBe(before);
  expect(readdirSync(folder)).toEqual(['routes.yaml']);
});

test.each([0o640, 0o600, 0o664])('the mode %o is kept, whatever the umask', async (mode) => {
  writeFileSync(path, 'old');
  chmodSync(path, mode);
  await replaceFile(await read(), 'new');
  expect(statSync(path).mode & 0o7777).toBe(mode);
});

test('the owner is kept, or the file stays as it was', async () => {
  writeFileSync(path, 'old');
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(path, 1234, 4321);
  const { uid, gid } = statSync(path);
  expect(await replaceFile(await read(), 'new')).toEqual({ ok: true });
  expect(statSync(path)).toMatchObject({ uid, gid });
});

test('a link stays a link: what it leads to is replaced, in its own folder', async () => {
  mkdirSync(join(folder, 'real'));
  writeFileSync(join(folder, 'real', 'file.yaml'), 'old');
  symlinkSync('real/file.yaml', path);
  await replaceFile(await read(), 'new');
  expect(readlinkSync(path)).toBe('real/file.yaml');
  expect(readFileSync(join(folder, 'real', 'file.yaml'), 'utf8')).toBe('new');
  expect(readdirSync(folder).toSorted()).toEqual(['real', 'routes.yaml']);
});

test('a byte order mark is kept, and is no part of the text', async () => {
  writeFileSync(path, '\ufeffold');
  const file = await read();
  expect(file.text).toBe('old');
  await replaceFile(file, 'new');
  expect(readFileSync(path, 'utf8')).toBe('\ufeffnew');
});

test('what somebody else has written meanwhile is not lost', async () => {
  writeFileSync(path, 'old');
  const file = await read();
  writeFileSync(path, 'theirs');
  expect(await replaceFile(file, 'mine')).toEqual({
    ok: false,
    isStale: true,
    message: `${file.target} cannot be replaced: it was changed meanwhile; try again`,
  });
  expect(readFileSync(path, 'utf8')).toBe('theirs');
  expect(readdirSync(folder)).toEqual(['routes.yaml']);
});

test('of many who change it at a time, nobody loses anything', async () => {
  writeFileSync(path, '');
  const append = async (line: string): Promise<void> => {
    for (;;) {
      const file = await read();
      const result = await replaceFile(file, `${file.text}${line}\n`);
      if (result.ok) return;
      expect(result).toMatchObject({ isStale: true });
    }
  };
  const lines = Array.from({ length: 12 }, (_, index) => `line ${index}`);
  await Promise.all(lines.map(append));
  expect(readFileSync(path, 'utf8').trimEnd().split('\n').toSorted()).toEqual(lines.toSorted());
  expect(readdirSync(folder)).toEqual(['routes.yaml']);
});

describe('a lock that somebody else has left', () => {
  const lock = () => join(folder, '.routes.yaml.lock');

  test.each([
    ['that is no more', () => writeFileSync(lock(), `${DEAD} ${hostname()} x`)],
    [
      'on another machine, long ago',
      () => {
        writeFileSync(lock(), '1 elsewhere x');
        utimesSync(lock(), 0, 0);
      },
    ],
  ])('by a process %s is taken over', async (_, leave) => {
    writeFileSync(path, 'old');
    leave();
    expect(await replaceFile(await read(), 'new')).toEqual({ ok: true });
    expect(readdirSync(folder)).toEqual(['routes.yaml']);
  });

  test('is waited for, and told with its process where it stays', async () => {
    writeFileSync(path, 'old');
    const file = await read();
    writeFileSync(lock(), `${process.pid} ${hostname()} x`);
    const result = await replaceFile(file, 'new');
    expect(result).toMatchObject({ ok: false, isStale: false });
    const told = new RegExp(`process ${process.pid} has been changing it for \\d+ s; try again, or remove /`);
    expect(result.ok ? '' : result.message).toMatch(told);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder).toSorted()).toEqual(['.routes.yaml.lock', 'routes.yaml']);
  });
});

test.each([
  ['is not there', () => {}, 'there is no such file'],
  ['is a folder', () => mkdirSync(path), 'is no regular file'],
  ['is not UTF-8', () => writeFileSync(path, Buffer.from([0x61, 0xff])), 'not valid'],
])('a file that %s is not read', async (_, make, why) => {
  make();
  const result = await readForEdit(path);
  expect(result.ok ? '' : result.message).toContain(why);
});
