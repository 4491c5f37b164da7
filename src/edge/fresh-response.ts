// Making a response what it was before anybody touched it, while none of its head has been sent.
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Where Node keeps a head and a body in the making, by property or by a symbol's description. A head that
 * fails half way (a field that cannot be sent, a trailer without chunks) leaves in it what it had read until then:
 * the framing of an answer that is never given. All else that Node keeps belongs to the connection.
 */
const IN_THE_MAKING: ReadonlySet<string> = new Set([
  '_last',
  'chunkedEncoding',
  '_defaultKeepAlive',
  'useChunkedEncodingByDefault',
  'sendDate',
  '_removedConnection',
  '_removedContLen',
  '_removedTE',
  'strictContentLength',
  '_contentLength',
  '_hasBody',
  '_trailer',
  'corked',
  // While it holds anything, be it an empty object, writeHead merges a list into it field by field: through
  // the methods that are sealed, and without the list's order.
  'kOutHeaders',
]);

/** What the edge has said of a response's connection since a handler has had it. */
const KEPT = Symbol('kept');
type Kept = ServerResponse & { [KEPT]?: boolean };

const known = Reflect.ownKeys(new ServerResponse({ method: 'GET' } as IncomingMessage)).map(nameOf);
for (const name of IN_THE_MAKING)
  if (!known.includes(name))
    throw new Error(
      `this version of Node keeps ${name} of responses elsewhere: see src/edge/fresh-response.ts`,
    );

/** Says whether the connection stays open after an answer, whatever its handler says if it fails. */
export function keepAlive(res: ServerResponse, stays: boolean): void {
  res.shouldKeepAlive = stays;
  (res as Kept)[KEPT] = stays;
}

/** Undoes all that was done to a response: fields, framing, methods put before Node's own, corks, a timeout. */
export function makeFresh(res: ServerResponse): void {
  const fresh = new ServerResponse(res.req);
  const prototype = Object.getPrototypeOf(res);
  for (const key of Reflect.ownKeys(res)) {
    if (IN_THE_MAKING.has(nameOf(key))) Reflect.set(res, key, Reflect.get(fresh, key));
    // What hides the prototype's: `statusCode`, a wrapped `on` that keeps listeners to itself.
    else if (key in prototype && !Object.hasOwn(fresh, key)) Reflect.deleteProperty(res, key);
  }
  const kept = (res as Kept)[KEPT];
  if (kept !== undefined) res.shouldKeepAlive = kept;
  // One whose connection was taken from it has no socket.
  if (res.socket) release(res.socket);
}

/** An `end` whose head fails leaves the socket corked: nothing would be sent before the very end. */
function release(socket: Socket): void {
  while (socket.writableCorked > 0) socket.uncork();
  socket.setTimeout(0);
}

function nameOf(key: string | symbol): string {
  return typeof key === 'string' ? key : (key.description ?? '');
}
