// The folder of uploaded files: what a process that died has left is removed, and nothing else.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createUploadFolder, type UploadBatch } from '../../src/native/upload-folder.ts';

let temporary: string;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'banyan-test-folder-'));
});
afterEach(() => rmSync(temporary, { recursive: true }));

/** The name of this process's own folder, as another one's would be. */
async function nameFor(pid: number): Promise<string> {
  const folder = createUploadFolder(temporary);
  const batch = folder.batch();
  const file = await batch.create();
  const name = basename(dirname(String(file.path)));
  await batch.clear();
  await folder.close();
  return name.replace(`-${process.pid}-`, `-${pid}-`);
}

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('what a process has left that is gone is removed', async () => {
  const left = join(temporary, await nameFor(await deadPid()));
  mkdirSync(left);
  writeFileSync(join(left, 'upload'), 'x');
  await createUploadFolder(temporary).clearLeftovers();
  expect(readdirSync(temporary)).toEqual([]);
});

test('what another process uses, what is a link, and what is called otherwise stays', async () => {
  const [alive, dead] = [await nameFor(process.ppid), await nameFor(await deadPid())];
  mkdirSync(join(temporary, alive));
  mkdirSync(join(temporary, 'banyan-uploads-00000000-1-x'));
  symlinkSync(temporary, join(temporary, dead));
  await createUploadFolder(temporary).clearLeftovers();
  expect(readdirSync(temporary).toSorted()).toEqual([alive, dead, 'banyan-uploads-00000000-1-x'].toSorted());
});

test('a folder that is not there is no trouble', async () => {
  await createUploadFolder(join(temporary, 'none')).clearLeftovers();
  expect(readdirSync(temporary)).toEqual([]);
});

test('a file cannot be opened for a request that has ended', async () => {
  const batch = createUploadFolder(temporary).batch();
  const opening = batch.create();
  await batch.clear();
  await expect(opening).rejects.toThrow('the request has ended');
});

/** Writes a file into a new batch; its folder. */
async function folderOfOne(batch: UploadBatch): Promise<string> {
  const file = await batch.create();
  file.end('x');
  await once(file, 'close');
  return dirname(String(file.path));
}

test('a folder that a cleaner has removed is made anew, once for all who miss it', async () => {
  const folder = createUploadFolder(temporary);
  rmSync(await folderOfOne(folder.batch()), { recursive: true });
  const [one, two] = await Promise.all([folderOfOne(folder.batch()), folderOfOne(folder.batch())]);
  expect([two, readdirSync(temporary)]).toEqual([one, [basename(one)]]);
  await folder.close();
  expect(readdirSync(temporary)).toEqual([]);
});

test('a folder whose name a link has taken is not written to', async () => {
  const folder = createUploadFolder(temporary);
  const [first, elsewhere] = [await folderOfOne(folder.batch()), join(temporary, 'elsewhere')];
  rmSync(first, { recursive: true });
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, first);
  expect(await folderOfOne(folder.batch())).not.toBe(first);
  expect(readdirSync(elsewhere)).toEqual([]);
});

test('a folder that cannot be made is made for a later file, when it can be', async () => {
  const parent = join(temporary, 'later');
  const folder = createUploadFolder(parent);
  await expect(folder.batch().create()).rejects.toMatchObject({ code: 'ENOENT' });
  mkdirSync(parent);
  expect(dirname(await folderOfOne(folder.batch()))).toBe(parent);
});
