// Visitors who have ended their side. Some have said all they had to say and wait for the answer; most
// have gone, and a FIN looks the same in both cases. Only to those who wait can something be sent.
import { cut } from '../reply.ts';
import type { VisitorConnection } from './visitor-connection.ts';
import { takenBytes } from './wire.ts';

/**
 * Watches a visitor who has ended his side while his answer is pending: one to whom nothing was sent
 * during `everyMs` is taken as gone. To one who has gone indeed, sending ends in a reset.
 */
export function watchHalfClosed(connection: VisitorConnection, everyMs: number): void {
  const { socket } = connection;
  if (!connection.current || connection.lingering) return;
  let before = takenBytes(socket);
  const timer = setInterval(() => {
    const taken = takenBytes(socket);
    if (taken === before && socket.writableLength === 0) cut(socket, connection.current);
    before = taken;
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}
