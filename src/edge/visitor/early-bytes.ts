// What a visitor says who has asked for a WebSocket and has no answer yet.
import type { Socket } from 'node:net';

/** How much is read; the rest waits in the system's buffers. */
const MAX_EARLY_BYTES = 64 * 1024;

/**
 * Reads on and keeps what comes: that a visitor leaves, nobody would notice otherwise. Returns what ends the keeping
 * and gives the bytes back.
 */
export function keepEarly(socket: Socket): () => void {
  const early: Buffer[] = [];
  let size = 0;
  const keep = (bytes: Buffer) => {
    early.push(bytes);
    size += bytes.length;
    if (size > MAX_EARLY_BYTES) socket.pause();
  };
  socket.on('data', keep).resume();
  return () => {
    socket.off('data', keep).pause();
    if (size > 0) socket.unshift(Buffer.concat(early));
  };
}
