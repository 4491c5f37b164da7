// Visitors who send next to nothing of a body, or take nothing of an answer that waits for them. A
// connection on which nothing is pending, such as a quiet event stream, is let alone.

import type { ConnectionTimes } from '../limits.ts';
import { cut } from '../reply.ts';
import { waitsToBeAsked } from './expectation.ts';
import type { VisitorConnection } from './visitor-connection.ts';
import { takenBytes } from './wire.ts';

/** Drops every visitor who has held up a body or an answer for too long. `now` is in milliseconds. */
export function dropStalled(
  connections: Iterable<VisitorConnection>,
  times: ConnectionTimes,
  now: number,
): void {
  for (const connection of connections) {
    // Closed in order, what waits for him would stay in the system's buffers for as long as he likes.
    if (holdsUpAnswer(connection, times, now)) connection.socket.resetAndDestroy();
    else if (holdsUpBody(connection, times, now)) cut(connection.socket, connection.current);
  }
}

function holdsUpAnswer({ socket, seen }: VisitorConnection, times: ConnectionTimes, now: number): boolean {
  if (socket.writableLength === 0) {
    seen.takenAt = 0;
    return false;
  }
  const taken = takenBytes(socket);
  if (seen.takenAt > 0 && taken === seen.taken) return now - seen.takenAt >= times.readerIdle;
  seen.taken = taken;
  seen.takenAt = now;
  return false;
}

function holdsUpBody(connection: VisitorConnection, times: ConnectionTimes, now: number): boolean {
  const { socket, seen, incoming } = connection;
  if (!incoming || incoming.complete || connection.lingering) {
    connection.incoming = undefined;
    seen.readAt = 0;
    return false;
  }
  // What has come and is not taken is held up by somebody else: a handler, or an upstream.
  const isAwaited = incoming.readableLength === 0 && !waitsToBeAsked(incoming);
  const came = socket.bytesRead - seen.read;
  const elapsed = now - seen.readAt;
  const allowed = connection.current ? times.bodyIdle : times.lingerIdle;
  if (seen.readAt > 0 && isAwaited && elapsed < allowed) return false;
  if (seen.readAt > 0 && isAwaited && came < (times.bodyRate * elapsed) / 1_000) return true;
  seen.read = socket.bytesRead;
  seen.readAt = now;
  return false;
}
