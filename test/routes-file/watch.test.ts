// Following the routes file: real files, real events.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FileContent, readContent } from '../../src/routes-file/content.ts';
import { readRoutesFiles } from '../../src/routes-file/read.ts';
import { watchRoutes } from '../../src/routes-file/watch.ts';

let folder: string;
let file: string;
let closers: (() => void)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'banyan-watch-'));
  file = join(folder, 'routes.yaml');
  closers = [];
});

afterEach(async () => {
  for (const close of closers) close();
  await rm(folder, { recursive: true });
});

/** Follows the file; `next` resolves with each reported content in turn. */
async function follow(onReport: (content: FileContent) => void = () => {}) {
  const reports: string[] = [];
  const waiting: ((text: string) => void)[] = [];
  const watch = watchRoutes(await readRoutesFiles({ file }), ({ contents }) => {
    const content = contents.get(file);
    const text = content?.ok ? content.text : 'unreadable';
    const resolve = waiting.shift();
    if (resolve) resolve(text);
    else reports.push(text);
    if (content) onReport(content);
  });
  closers.push(() => watch.close());
  const next = () =>
    new Promise<string>((resolve) => {
      const report = reports.shift();
      if (report === undefined) waiting.push(resolve);
      else resolve(report);
    });
  return { next, reports, reload: () => watch.reload() };
}

describe('a change is reported', () => {
  test('when the file is written in place', async () => {
    writeFileSync(file, 'one');
    const { next } = await follow();
    writeFileSync(file, 'two');
    expect(await next()).toBe('two');
  });

  test('when another file is renamed over it, as editors do', async () => {
    writeFileSync(file, 'one');
    const { next } = await follow();
    for (const text of ['two', 'three']) {
      writeFileSync(`${file}~`, text);
      renameSync(`${file}~`, file);
      expect(await next()).toBe(text);
    }
  });

  test('when a link on the way to it is exchanged, as Kubernetes does with ConfigMaps', async () => {
    for (const [name, text] of [
      ['first', 'one'],
      ['second', 'two'],
    ] as const) {
      await mkdir(join(folder, name));
      writeFileSync(join(folder, name, 'routes.yaml'), text);
    }
    symlinkSync('first', join(folder, '..data'));
    symlinkSync(join('..data', 'routes.yaml'), file);
    const { next } = await follow();
    symlinkSync('second', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    expect(await next()).toBe('two');
  });

  test('when it is deleted, and when it returns', async () => {
    writeFileSync(file, 'one');
    const { next } = await follow();
    rmSync(file);
    expect(await next()).toBe('unreadable');
    writeFileSync(file, 'two');
    expect(await next()).toBe('two');
  });

  test('when no event tells of it: the slow poll sees it', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'banyan-watch-'));
    closers.push(() => rmSync(elsewhere, { recursive: true }));
    writeFileSync(join(elsewhere, 'target.yaml'), 'one');
    symlinkSync(join(elsewhere, 'target.yaml'), file);
    const { next } = await follow();
    writeFileSync(join(elsewhere, 'target.yaml'), 'two');
    expect(await next()).toBe('two');
  });

  test('when the callback threw the time before', async () => {
    writeFileSync(file, 'one');
    const { next } = await follow((content) => {
      if (content.ok && content.text === 'two') throw new Error('could not be taken');
    });
    writeFileSync(file, 'two');
    expect(await next()).toBe('two');
    writeFileSync(file, 'three');
    expect(await next()).toBe('three');
  });
});

describe('nothing is reported', () => {
  test('of a file that is still being written', async () => {
    writeFileSync(file, '0\n');
    const { next } = await follow();
    const lines = Array.from({ length: 15 }, (_, index) => `${index}\n`);
    writeFileSync(file, '');
    const left = [...lines];
    const writer = setInterval(() => {
      appendFileSync(file, left.shift() ?? '');
      if (left.length === 0) clearInterval(writer);
    }, 15);
    expect(await next()).toBe(lines.join(''));
  });

  test('of the same text written again', async () => {
    writeFileSync(file, 'one');
    const { next, reports } = await follow();
    writeFileSync(file, 'one');
    writeFileSync(`${file}.other`, 'x');
    writeFileSync(file, 'two');
    expect(await next()).toBe('two');
    expect(reports).toEqual([]);
  });
});

describe('reload', () => {
  test('reports the file even when it has not changed', async () => {
    writeFileSync(file, 'one');
    const { next, reload } = await follow();
    const report = next();
    await reload();
    expect(await report).toBe('one');
  });

  test('resolves when the callback has ended', async () => {
    writeFileSync(file, 'one');
    const { reports, reload } = await follow();
    await reload();
    expect(reports).toEqual(['one']);
  });

  test('reports nothing once the watch is closed', async () => {
    writeFileSync(file, 'one');
    const { reports, reload } = await follow();
    for (const close of closers) close();
    await reload();
    expect(reports).toEqual([]);
  });
});

describe('readContent', () => {
  test('says why a file cannot be read', async () => {
    expect(await readContent(file)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('ENOENT'),
    });
    expect(await readContent(folder)).toMatchObject({
      ok: false,
      reason: 'it is no regular file',
    });
  });

  test('does not wait for the writer of a named pipe', async () => {
    execFileSync('mkfifo', [file]);
    expect(await readContent(file)).toMatchObject({ ok: false, code: 'file-unreadable', missing: false });
  });

  test.each([
    ['Latin 1', Buffer.from('routes:\n  # caf\xe9\n', 'latin1'), { line: 2, column: 8 }],
    [
      'Latin 1 after a replacement character',
      Buffer.concat([Buffer.from('# \ufffd\n# é '), Buffer.from([0xe9])]),
      { line: 2, column: 5 },
    ],
    ['UTF-16', Buffer.from('\ufeffroutes: {}', 'utf16le'), { line: 1, column: 1 }],
  ])('refuses %s, with the first place', async (_, bytes, place) => {
    writeFileSync(file, bytes);
    expect(await readContent(file)).toMatchObject({ ok: false, code: 'file-encoding', place });
  });

  test('takes UTF-8, with a byte order mark or without', async () => {
    writeFileSync(file, '\ufeffroutes: {} # é \ufffd');
    expect(await readContent(file)).toEqual({ ok: true, text: 'routes: {} # é \ufffd' });
  });
});
