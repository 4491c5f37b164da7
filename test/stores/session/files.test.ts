// Session files that change while they are read: one state of the file, or none.
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createFilesPlace } from '../../../src/stores/session/places/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'banyan-session-files-'));
const place = placeAt(folder, () => Date.now() / 1000);

afterAll(() => rmSync(folder, { recursive: true }));

function placeAt(at: string, now: () => number, endsAtOnce = false) {
  const times = { timeoutMs: 5_000, lifetime: 1440, now };
  return createFilesPlace({ folder: at, depth: 0, prefix: 'sess_', endsAtOnce, ...times });
}

async function textOf(key: string, from = place): Promise<string | null> {
  const read = await from.read(key);
  if (!read.ok) return read.error.message;
  return read.value && Buffer.from(read.value.bytes).toString();
}

test('a file that lies still is read, and one that is not there is no session', async () => {
  writeFileSync(join(folder, 'sess_still'), 'n|i:1;');
  expect(await textOf('still')).toBe('n|i:1;');
  expect(await textOf('missing')).toBeNull();
  expect(await place.touch('missing')).toEqual({ ok: true, value: false });
});

test('a file that is too old is a session to PHP, and none where the application looks at its age', async () => {
  const path = join(folder, 'sess_old');
  writeFileSync(path, 'n|i:1;');
  const then = Math.floor(Date.now() / 1000);
  utimesSync(path, then, then);
  expect(
    await textOf(
      'old',
      placeAt(folder, () => then + 1441),
    ),
  ).toBe('n|i:1;');
  expect(
    await textOf(
      'old',
      placeAt(folder, () => then + 1440, true),
    ),
  ).toBe('n|i:1;');
  expect(
    await textOf(
      'old',
      placeAt(folder, () => then + 1441, true),
    ),
  ).toBeNull();
});

test('a folder that is not there is no visitor without a session: nobody knows', async () => {
  const nowhere = placeAt(join(folder, 'nowhere'), () => Date.now() / 1000);
  expect(await textOf('anybody', nowhere)).toContain('there is no such folder');
});

test('a file that has just been cut is not taken for an empty session', async () => {
  const path = join(folder, 'sess_cut');
  writeFileSync(path, 'n|i:1;');
  // To this clock no change is long ago, however long the test has to wait for a processor.
  const fresh = placeAt(folder, () => 0);
  for (let turn = 0; turn < 20; turn += 1) {
    // As PHP does: first cut, then written, with something in between.
    writeFileSync(path, '');
    const reading = textOf('cut', fresh);
    await new Promise((resolve) => setTimeout(resolve, 2));
    writeFileSync(path, `n|i:${turn};`);
    expect(await reading).toBe(`n|i:${turn};`);
  }
});

test('a file of a server whose clock is ahead is read all the same', async () => {
  const path = join(folder, 'sess_ahead');
  writeFileSync(path, 'n|i:1;');
  const later = Date.now() / 1000 + 3600;
  utimesSync(path, later, later);
  expect(await textOf('ahead')).toBe('n|i:1;');
});

test('a file that never lies still is unreadable', async () => {
  const path = join(folder, 'sess_busy');
  writeFileSync(path, 'n|i:0;');
  let n = 0;
  // The clock is asked after each reading: the file is another one by the next.
  const busy = placeAt(folder, () => {
    writeFileSync(path, `n|i:${++n};`);
    return 0;
  });
  expect(await textOf('busy', busy)).toContain('being written all the time');
  expect(n).toBe(3);
});

test('what cannot be opened is told by its code, without the path of the session', async () => {
  writeFileSync(join(folder, 'file'), '');
  const under = placeAt(join(folder, 'file'), () => Date.now() / 1000);
  const read = await under.read('secret-id');
  expect(read).toEqual({ ok: false, error: { message: expect.stringContaining('ENOTDIR') } });
  expect(JSON.stringify(read)).not.toContain('secret-id');
});
