// Uploads to handlers through the real edge: a worker that dies with files leaves them to nobody for long.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Edge, startEdge } from './edge-process.ts';
import { workersOf } from './visitor.ts';

const HANDLERS = fileURLToPath(new URL('handlers-under-test', import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), 'banyan-e2e-uploads-'));

let edge: Edge;

beforeAll(async () => {
  mkdirSync(temporary, { recursive: true });
  edge = await startEdge({
    routes: 'routes: { upload: { match: POST /upload, handler: takes-upload, stage: new } }',
    environment: { HANDLERS, TMPDIR: temporary },
  });
});
afterAll(async () => {
  await edge.stop();
  rmSync(temporary, { recursive: true });
});

function upload(fields: Readonly<Record<string, string>> = {}): Promise<Response> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append('file', new Blob(['content of a file']), 'näme.txt');
  return fetch(`${edge.url}/upload`, { method: 'POST', body });
}

const foldersLeft = () => readdirSync(temporary).filter((name) => name.startsWith('banyan-uploads-'));
const filesLeft = () => foldersLeft().flatMap((name) => readdirSync(join(temporary, name)));

it('a handler gets the file, and nobody has it afterwards', async () => {
  const answer = await upload();
  expect(await answer.json()).toEqual({ name: 'näme.txt', size: 17, content: 'content of a file' });
  await expect.poll(filesLeft).toEqual([]);
});

it('what a worker leaves that dies is removed by the next one', async () => {
  const before = workersOf(edge.pid);
  await upload({ die: '1' }).catch(() => {});
  await expect
    .poll(() => workersOf(edge.pid).some((pid) => !before.includes(pid)), { timeout: 20_000 })
    .toBe(true);
  await expect.poll(foldersLeft, { timeout: 20_000 }).toEqual([]);
  expect((await upload()).status).toBe(200);
});

it('nothing is left of an edge that has stopped', async () => {
  await edge.stop();
  expect(foldersLeft()).toEqual([]);
});
