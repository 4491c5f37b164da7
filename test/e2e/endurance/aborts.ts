// Visitors who leave in the middle of something.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Errand, requestBody, targetOf } from './errand.ts';

/** When a visitor leaves. */
export const MOMENTS = ['in its body', 'before the answer', 'in the answer'] as const;
export type Moment = (typeof MOMENTS)[number];

const LARGE = 256 * 1024;

/** Sends an errand and leaves; resolves when the connection is gone. Rejects where it could not come so far. */
export async function abort(url: string, errand: Errand, moment: Moment): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  if (moment === 'in its body') await sendHalf(socket, errand);
  else if (moment === 'before the answer') await sendWhole(socket, { ...errand, thinksMs: 30 });
  else await readSome(socket, { ...errand, answerBytes: LARGE });
  // Some go in an orderly way, some do not.
  if (Math.random() < 0.5) socket.destroy();
  else socket.resetAndDestroy();
  await closed;
}

async function sendHalf(socket: Socket, errand: Errand): Promise<void> {
  const bytes = 64 * 1024;
  const body = requestBody(errand.nonce, bytes / 2);
  await write(socket, Buffer.concat([head({ ...errand, method: 'POST', bodyBytes: bytes }), body]));
}

async function sendWhole(socket: Socket, errand: Errand): Promise<void> {
  await write(socket, Buffer.concat([head(errand), requestBody(errand.nonce, errand.bodyBytes)]));
}

async function readSome(socket: Socket, errand: Errand): Promise<void> {
  await sendWhole(socket, errand);
  await once(socket, 'data');
  socket.pause();
}

function head(errand: Errand): Buffer {
  const length = errand.method === 'POST' ? `Content-Length: ${errand.bodyBytes}\r\n` : '';
  return Buffer.from(`${errand.method} ${targetOf(errand)} HTTP/1.1\r\nHost: shop.example\r\n${length}\r\n`);
}

function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => socket.write(bytes, () => resolve()));
}
