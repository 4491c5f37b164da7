// What Node's parser refuses: there is no request to serve then, and sometimes nobody to answer.
import { type ServerResponse, STATUS_CODES } from 'node:http';
import { deafen, type LingerTimes, linger } from './lingering.ts';
import type { VisitorConnection } from './visitor-connection.ts';

/** A request that could not be read, and so has no way to go. */
export type Refused = { readonly status: number; readonly code: string; readonly peer: string };

/** An error that Node's server tells of: of its parser, of its own timeout for heads, or of the socket. */
export type ClientError = Error & { readonly code?: string };

/**
 * Answers what could not be read, and tells of it, unless the visitor has left or there is no place for an
 * answer. A request that came before on the same connection gets its answer first.
 */
export function refuseUnreadable(
  connection: VisitorConnection,
  error: ClientError,
  times: LingerTimes,
  onRefused: (refused: Refused) => void,
): void {
  const { socket, current } = connection;
  const status = statusOf(error.code);
  if (status === undefined) return void socket.destroy();
  // A browser that connects beforehand and then has nothing to ask is refused nothing.
  if (status === 408 && socket.bytesRead === 0) return void socket.destroy();
  // The parser tells of every piece that comes after its first error.
  if (connection.deaf) return;
  connection.dropHalfRead();
  // A visitor who leaves in the middle of a body; half a body is never taken for a whole one.
  if (error.code === 'HPE_INVALID_EOF_STATE' && current && !current.req.complete)
    return void socket.destroy();
  // The rest of a small body whose request has had its answer: another would answer nothing that was asked.
  if (!current && connection.incoming && !connection.incoming.complete) return linger(connection, times);
  const refused = { status, code: error.code ?? 'unreadable', peer: connection.peer };
  // Of a request in hand whose body fails, its exchange tells.
  if (!current || current.req.complete) onRefused(refused);
  if (!current) return sayAndLinger(connection, status, times);
  // It was answered before it failed, or another request fails behind it: the connection ends with that answer.
  if (current.writableEnded || current.req.complete) return deafen(connection);
  if (current.headersSent) return void socket.destroy();
  takeOver(connection, current, refused);
  sayAndLinger(connection, status, times);
}

/** Answers a connection without a request: a bare status, and the end. */
export function sayAndLinger(
  connection: VisitorConnection,
  status: number,
  times: LingerTimes,
  more: readonly string[] = [],
): void {
  const { socket } = connection;
  if (!socket.writable) return void socket.destroy();
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Length: 0',
    ...more,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  linger(connection, times);
}

/** Takes the connection from a request whose body cannot be read; whoever serves it sees a visitor who has left. */
function takeOver(connection: VisitorConnection, res: ServerResponse, refused: Refused): void {
  connection.broken = refused;
  res.detachSocket(connection.socket);
  res.destroyed = true;
  res.emit('close');
  connection.leave();
}

/** The status by the error's code; undefined where the socket has failed and nobody is there. */
function statusOf(code: string | undefined): number | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return code?.startsWith('HPE_') ? 400 : undefined;
}
