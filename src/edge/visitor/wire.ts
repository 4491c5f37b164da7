// What Node's sockets can do and has no documented name.
import type { Socket } from 'node:net';

type Handle = {
  readonly bytesWritten: number;
  readonly writeQueueSize: number;
  reading: boolean;
  readStart(): void;
};

function handleOf(socket: Socket): Handle | null {
  return (socket as unknown as { readonly _handle: Handle | null })._handle;
}

/** How many bytes the system has taken over for the visitor; stands still when he reads nothing. 0 once closed. */
export function takenBytes(socket: Socket): number {
  const handle = handleOf(socket);
  return handle ? handle.bytesWritten - handle.writeQueueSize : 0;
}

/** Reads on, whatever had stopped the reading: Node's HTTP server stops and starts it behind the stream's back. */
export function readOn(socket: Socket): void {
  socket.resume();
  const handle = handleOf(socket);
  if (!handle) return;
  handle.reading = true;
  handle.readStart();
}
