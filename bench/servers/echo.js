// A WebSocket server that sends back each small text message: as little of RFC 6455 as that needs.

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const HEAD = 6;

const server = createServer((_req, res) => res.end('upgrade, please\n'));
server.on('upgrade', (req, socket) => {
  const key = req.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
  const fields = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`];
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields.join('\r\n')}\r\n\r\n`);
  echo(socket);
});
server.listen(Number(process.env.PORT), '127.0.0.1');

/**
 * Sends back unmasked what came masked, frame by frame; all frames are shorter than 126 bytes.
 *
 * @param {import('node:stream').Duplex} socket
 */
function echo(socket) {
  /** @type {Buffer} */
  let rest = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (/** @type {Buffer} */ chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const length = (rest[1] ?? 0) & 0x7f;
      if (rest.length < HEAD + length) return;
      socket.write(unmasked(rest.subarray(0, HEAD + length), length));
      rest = rest.subarray(HEAD + length);
    }
  });
}

/**
 * @param {Buffer} frame
 * @param {number} length
 */
function unmasked(frame, length) {
  const answer = Buffer.allocUnsafe(2 + length);
  answer[0] = frame[0] ?? 0;
  answer[1] = length;
  for (let at = 0; at < length; at += 1) {
    answer[2 + at] = (frame[HEAD + at] ?? 0) ^ (frame[2 + (at & 3)] ?? 0);
  }
  return answer;
}
