// The lingering close. A connection that is closed while bytes of the visitor are unread is reset, and the
// reset overtakes the answer: the visitor never reads why. So the edge ends its side, reads on and throws
// away, and closes when the visitor has, or after a while (RFC 9112 §9.6; nginx: lingering_close).
import { Socket } from 'node:net';
import { type ConnectionTimes, LINGER_BYTES } from '../limits.ts';
import { cut } from '../reply.ts';
import { connectionOf, type VisitorConnection } from './visitor-connection.ts';
import { readOn } from './wire.ts';

/** How long to linger, in milliseconds. */
export type LingerTimes = Pick<ConnectionTimes, 'lingerIdle' | 'lingerTotal'>;

/** Makes the connection's own way of ending, which Node calls after the last answer, a lingering one where it is needed. */
export function lingerAtEnd(connection: VisitorConnection, times: LingerTimes): void {
  connection.socket.destroySoon = () => {
    if (isComplete(connection)) Socket.prototype.destroySoon.call(connection.socket);
    else linger(connection, times);
  };
}

/** Sends what is still to be sent and the end of it, and closes when the visitor has seen it. */
export function linger(connection: VisitorConnection, { lingerIdle, lingerTotal }: LingerTimes): void {
  const { socket } = connection;
  if (connection.lingering || socket.destroyed) return;
  if (socket.readableEnded) return Socket.prototype.destroySoon.call(socket);
  connection.lingering = true;
  deafen(connection);
  const close = () => socket.destroy();
  socket.once('end', () => Socket.prototype.destroySoon.call(socket));
  socket.end(() => {
    if (socket.destroyed) return;
    const timer = setTimeout(close, lingerTotal);
    socket.once('close', () => clearTimeout(timer));
    socket.setTimeout(lingerIdle, close);
  });
}

/** Takes a connection away from Node's parser: what comes is read and thrown away. */
export function deafen(connection: VisitorConnection): void {
  if (connection.deaf) return;
  connection.deaf = true;
  const { socket } = connection;
  socket.removeAllListeners('data');
  socket.on('data', discard);
  readOn(socket);
}

function discard(this: Socket, chunk: Buffer): void {
  const connection = connectionOf(this);
  if (!connection) return;
  connection.discarded += chunk.length;
  if (connection.discarded > LINGER_BYTES) cut(this, connection.current);
}

/** Whether everything that was sent has been read as requests that were answered. */
function isComplete({ deaf, hasUnread, hasWaiting, incoming }: VisitorConnection): boolean {
  return !deaf && !hasUnread && !hasWaiting && (incoming === undefined || incoming.complete);
}
