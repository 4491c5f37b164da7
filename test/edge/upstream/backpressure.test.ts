// A visitor who reads slowly, and an upstream that does not wait for him.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { startEdge } from '../edge-in-one-process.ts';

const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** An upstream that sends a head and so many bytes, and closes. */
async function startUpstream(head: string, size: number): Promise<string> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.end(Buffer.concat([Buffer.from(head.replace('SIZE', String(size))), Buffer.alloc(size, 'x')]));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Asks, reads nothing for a while, and then all; returns how many bytes of the body came. */
async function readLate(port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1').pause();
  closers.push(() => void socket.destroy());
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  await delay(1_000);
  let received = '';
  socket.setEncoding('latin1').on('data', (text) => {
    received += text;
  });
  await once(socket.resume(), 'close');
  return [...received.matchAll(/x+/g)].reduce((sum, [run]) => sum + run.length, 0);
}

describe('an upstream that closes while its visitor has not read yet', () => {
  // Where the last piece is held back as the end comes depends on the buffers of the system: so, many sizes.
  const sizes = Array.from({ length: 20 }, (_, index) => 4_150_000 + index * 15_000);

  test.each([
    ['said that it would', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: SIZE\r\n\r\n'],
    ['speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\n'],
    ['did not say so', 'HTTP/1.1 200 OK\r\nContent-Length: SIZE\r\n\r\n'],
  ])('is answered for whole: it %s', async (_, head) => {
    const arrived = sizes.map(async (size) => {
      const edge = await startEdge({
        legacyUrl: await startUpstream(head, size),
        routes: 'routes: {}',
      });
      closers.push(edge.close);
      return readLate(edge.port);
    });
    expect(await Promise.all(arrived)).toEqual(sizes);
  });
});

test('an upstream is not late while its visitor does not read', async () => {
  const size = 12_000_000;
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: SIZE\r\n\r\n';
  const url = await startUpstream(head, size);
  const routes = `routes: {}\nupstreams: { legacy: { url: "${url}", timeouts: { idle: 150ms } } }`;
  const edge = await startEdge({ legacyUrl: url, routes });
  closers.push(edge.close);
  expect(await readLate(edge.port)).toBe(size);
});
