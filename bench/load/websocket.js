// WebSocket messages to and fro: each connection sends one when the one before has come back.

import { connect } from 'node:net';

const PAYLOAD = 64;
/** An unmasked answer: two bytes of head and the payload. */
const ANSWER = 2 + PAYLOAD;
const HANDSHAKE_MS = 3_000;

/**
 * Echoes for a while; `status` is what the handshake was answered with, 101 if there is a tunnel.
 *
 * @param {import('./generator.js').Task} task
 * @returns {Promise<{ status: number, messages: number, errors: number, seconds: number }>}
 */
export async function echoMessages({ port, request, connections: count, seconds }) {
  const first = await shakeHands(port, request.path);
  first.socket.destroy();
  if (first.status !== 101) return { status: first.status, messages: 0, errors: 0, seconds: 0 };

  const opened = await Promise.all(Array.from({ length: count }, () => shakeHands(port, request.path)));
  const started = performance.now();
  const ends = started + seconds * 1_000;
  const counts = await Promise.all(opened.map(({ socket }) => echo(socket, ends)));
  const messages = counts.reduce((sum, one) => sum + one.messages, 0);
  const errors = counts.filter(({ broken }) => broken).length;
  return { status: 101, messages, errors, seconds: (performance.now() - started) / 1_000 };
}

/**
 * @param {number} port
 * @param {string} path
 * @returns {Promise<{ socket: import('node:net').Socket, status: number }>} status 0 when nothing came
 */
function shakeHands(port, path) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const fields = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${[...fields, key].join('\r\n')}\r\n\r\n`);
  return new Promise((resolve) => {
    let head = '';
    const finish = () => {
      socket.setTimeout(0).removeAllListeners('timeout').removeAllListeners('data');
      resolve({ socket, status: Number(head.slice(9, 12)) });
    };
    socket.on('error', finish).on('close', finish).setTimeout(HANDSHAKE_MS, finish);
    socket.on('data', (bytes) => {
      head += bytes.toString('latin1');
      if (head.includes('\r\n\r\n')) finish();
    });
  });
}

/**
 * @param {import('node:net').Socket} socket
 * @param {number} ends
 * @returns {Promise<{ messages: number, broken: boolean }>}
 */
function echo(socket, ends) {
  const message = frame();
  let messages = 0;
  let received = 0;
  return new Promise((resolve) => {
    const finish = (/** @type {boolean} */ broken) => {
      socket.destroy();
      resolve({ messages, broken });
    };
    socket.on('close', () => finish(true));
    socket.on('data', (bytes) => {
      received += bytes.length;
      if (received < ANSWER) return;
      received -= ANSWER;
      messages += 1;
      if (performance.now() < ends) socket.write(message);
      else finish(false);
    });
    socket.write(message);
  });
}

/** A masked text frame; the payload is shorter than 126 bytes, so its length fits into one. */
function frame() {
  const mask = Buffer.from([1, 2, 3, 4]);
  const payload = Buffer.alloc(PAYLOAD, 'w').map((byte, at) => byte ^ (mask[at & 3] ?? 0));
  return Buffer.concat([Buffer.from([0x81, 0x80 | PAYLOAD]), mask, payload]);
}
