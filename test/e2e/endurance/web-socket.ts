// One WebSocket from its handshake to its end, with one message to and fro.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { Socket } from 'node:net';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const DEADLINE_MS = 30_000;

/** Who ends it, and whether in an orderly way. */
export const ENDINGS = ['visitor ends', 'visitor breaks', 'upstream ends', 'upstream breaks'] as const;
export type Ending = (typeof ENDINGS)[number];

/** What the message ends with tells the upstream what to do. */
const LAST: Readonly<Record<Ending, string>> = {
  'visitor ends': '.',
  'visitor breaks': '.',
  'upstream ends': '!',
  'upstream breaks': '?',
};

/**
 * Opens a WebSocket, sends a message, and waits for its echo and for the end of the connection. Returns what
 * went wrong, or undefined.
 */
export async function useWebSocket(url: string, nonce: string, ending: Ending): Promise<string | undefined> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    const socket = await shakeHands(url, deadline);
    const message = `${nonce} ${LAST[ending]}`;
    socket.write(message);
    const echoed = await take(socket, message.length);
    const closed = once(socket, 'close', { signal: deadline });
    socket.resume();
    if (ending === 'visitor breaks') socket.resetAndDestroy();
    if (ending === 'visitor ends') socket.end();
    await closed;
    return echoed === message ? undefined : `${ending}: ${message} came back as ${echoed}`;
  } catch (error) {
    return `${ending}: ${error}`;
  }
}

async function shakeHands(url: string, signal: AbortSignal): Promise<Socket> {
  const key = randomBytes(16).toString('base64');
  const fields = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' };
  const headers = { ...fields, 'Sec-WebSocket-Key': key };
  const request = http.get(`${url}/socket`, { agent: false, headers, signal });
  request.on('response', (response) => request.destroy(new Error(`answered ${response.statusCode}`)));
  const [response, socket] = (await once(request, 'upgrade')) as [http.IncomingMessage, Socket];
  // Who breaks a connection is told so by an error as well.
  socket.on('error', () => {});
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
  if (response.headers['sec-websocket-accept'] !== accept) throw new Error('the handshake is not its own');
  return socket;
}

/** Reads until `bytes` are there, or the connection has ended. */
function take(socket: Socket, bytes: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const finish = () => resolve(text);
    socket.on('close', finish);
    socket.on('data', (piece: Buffer) => {
      text += piece.toString('latin1');
      if (text.length >= bytes) finish();
    });
  });
}
