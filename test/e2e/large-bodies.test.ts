// Bodies much larger than the memory that may be spent on them.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Edge, startEdge, waitUntil } from './edge-process.ts';
import { watchGrowth as watchMemory } from './endurance/process-state.ts';
import { record } from './figures.ts';
import { ask, open, workersOf } from './visitor.ts';

const MIB = 1024 * 1024;
const LARGE = 200;
const WARM_UP = 64;
const STALLED = 64;
const ALLOWED = 64;

let edge: Edge;
let upstream: http.Server;

beforeAll(async () => {
  upstream = http.createServer().listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  edge = await startEdge({
    routes: `upstreams: { stalling: "http://127.0.0.1:${port}" }
routes:
  stalling: { match: ANY /stalling, upstream: stalling, stage: new }
`,
  });
  await download(WARM_UP);
  await upload(WARM_UP);
});
afterAll(async () => {
  await edge.stop();
  upstream.closeAllConnections();
  upstream.close();
});

it(`carries a download of ${LARGE} MiB`, async () => {
  const growth = watchGrowth();
  const received = await download(LARGE);
  const grown = growth.stop();
  expect(received).toEqual({ size: LARGE * MIB, sha1: sha1Of(catalogue(LARGE)) });
  expect(grown).toBeLessThan(ALLOWED);
  note('Download', received.sha1, grown);
});

it(`carries an upload of ${LARGE} MiB`, async () => {
  const growth = watchGrowth();
  const seen = await upload(LARGE);
  const grown = growth.stop();
  expect(seen).toMatchObject({ size: LARGE * MIB, sha1: sha1Of(catalogue(LARGE)) });
  expect(grown).toBeLessThan(ALLOWED);
  note('Upload', seen.sha1, grown);
});

function note(what: string, sha1: string, grown: number): void {
  record({
    figure: `${what} of ${LARGE} MiB through the edge`,
    demanded: `checksums equal, memory growth after warm-up under ${ALLOWED} MiB`,
    measured: `${sha1 === sha1Of(catalogue(LARGE)) ? 'equal' : 'NOT equal'} (SHA-1 ${sha1}), ${grown.toFixed(1)} MiB`,
  });
}

describe('one end stands still', () => {
  it('lets legacy wait for a visitor who reads slowly', async () => {
    const growth = watchGrowth();
    const response = await open(`${edge.url}/download.php?mb=${STALLED}`);
    await standstill(() => response.socket.bytesRead);
    expect(growth.stop()).toBeLessThan(ALLOWED / 2);
    // More than the buffers on the way hold has not left legacy.
    expect(response.socket.bytesRead).toBeLessThan((STALLED / 4) * MIB);
    expect(await digest(response)).toEqual({ size: STALLED * MIB, sha1: sha1Of(catalogue(STALLED)) });
  });

  it('lets a visitor wait for an upstream that reads slowly', async () => {
    const growth = watchGrowth();
    const arrived = once(upstream, 'request') as Promise<[http.IncomingMessage, http.ServerResponse]>;
    const body = Readable.from(catalogue(STALLED));
    let sent = 0;
    body.on('data', (piece: Buffer) => {
      sent += piece.length;
    });
    const answer = ask(`${edge.url}/stalling`, { method: 'POST', headers: sized(STALLED), body });
    const [request, response] = await arrived;
    await standstill(() => sent);
    expect(growth.stop()).toBeLessThan(ALLOWED / 2);
    expect(sent).toBeLessThan((STALLED / 2) * MIB);
    const received = await digest(request);
    response.end('taken');
    expect((await answer).text).toBe('taken');
    expect(received).toEqual({ size: STALLED * MIB, sha1: sha1Of(catalogue(STALLED)) });
  });
});

/** Waits until a count has begun and has then not changed for half a second. */
async function standstill(count: () => number): Promise<void> {
  let last = -1;
  let since = performance.now();
  await waitUntil(async () => {
    if (count() !== last) since = performance.now();
    last = count();
    return last > 0 && performance.now() - since > 500;
  });
}

/** The bytes of /download.php, in its blocks of 64 KiB. */
function* catalogue(mib: number): Generator<Buffer> {
  const line = 'The quick brown fox jumps over the lazy dog. 0123456789 abcdefg\n';
  const block = Buffer.from(line.repeat(1024));
  for (let number = 0; number < mib * 16; number += 1) {
    const numbered = Buffer.from(block);
    numbered.write(`${String(number).padStart(15, '0')}\n`);
    yield numbered;
  }
}

function sha1Of(pieces: Iterable<Buffer>): string {
  const hash = createHash('sha1');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

async function digest(stream: Readable): Promise<{ size: number; sha1: string }> {
  const hash = createHash('sha1');
  let size = 0;
  for await (const piece of stream) {
    size += (piece as Buffer).length;
    hash.update(piece as Buffer);
  }
  return { size, sha1: hash.digest('hex') };
}

async function download(mib: number): Promise<{ size: number; sha1: string }> {
  const response = await open(`${edge.url}/download.php?mb=${mib}`);
  return digest(response);
}

/** Sends the catalogue; resolves with what PHP saw of it. */
async function upload(mib: number): Promise<{ readonly size: number; readonly sha1: string }> {
  const body = Readable.from(catalogue(mib));
  const answer = await ask(`${edge.url}/upload.php?raw=1`, { method: 'PUT', headers: sized(mib), body });
  return JSON.parse(answer.text);
}

function sized(mib: number): Record<string, string> {
  return { 'Content-Length': `${mib * MIB}`, 'Content-Type': 'application/octet-stream' };
}

/** Watches the memory of the edge's processes; `stop` tells by how much it grew at most, in MiB. */
function watchGrowth(): { stop(): number } {
  return watchMemory([edge.pid, ...workersOf(edge.pid)]);
}
