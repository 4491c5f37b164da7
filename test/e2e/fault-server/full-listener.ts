// A listener that accepts nothing: its queue is full, and the system lets further connections wait for ever.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** Longer than a connection on loopback takes. */
const PATIENCE_MS = 500;
const MOST = 64;

/** A thread that listens and then stands still. */
const THREAD = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });`;

/** Listens, and fills the queue until nobody gets in. */
export async function listenWithoutAccepting(): Promise<{ port: number; close(): Promise<unknown> }> {
  const thread = new Worker(THREAD, { eval: true });
  const [port] = (await once(thread, 'message')) as [number];
  const queue: Socket[] = [];
  const close = () => {
    for (const socket of queue) socket.destroy();
    return thread.terminate();
  };
  while (queue.length < MOST) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    queue.push(socket);
    if (!(await connects(socket))) return { port, close };
  }
  await close();
  throw new Error('the queue of a listener does not fill');
}

function connects(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE_MS);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
