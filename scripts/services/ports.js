// Choosing TCP ports on loopback.

import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

// Below Linux's ephemeral range (32768 and up): no outgoing connection takes such a port while a service
// that will come back to it is stopped.
const FIRST = 20_000;
const LAST = 32_000;

/**
 * Says whether a port can be listened on.
 *
 * @param {number} port
 * @param {string} [host]
 * @returns {Promise<boolean>} true also for a host address that this machine does not have
 */
export function isFree(port, host = '127.0.0.1') {
  const server = createServer();
  return new Promise((resolve) => {
    server.on('error', (error) => resolve('code' in error && error.code === 'EADDRNOTAVAIL'));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Chooses a free port at random, so that parallel runs rarely choose the same. */
export async function freePort() {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = randomInt(FIRST, LAST);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${FIRST} and ${LAST} on 127.0.0.1`);
}

/**
 * Finds the first port from `wanted` on that nobody serves, on either loopback address: what a browser makes
 * of "localhost" may be 127.0.0.1 or ::1.
 *
 * @param {number} wanted
 * @param {(port: number) => void} onTaken called for each port that is passed over
 */
export async function nextFreePort(wanted, onTaken) {
  for (let port = wanted; port < wanted + 100 && port < 65_536; port += 1) {
    if ((await isFree(port)) && (await isFree(port, '::1'))) return port;
    onTaken(port);
  }
  throw new Error(`no free port from ${wanted} on`);
}

/**
 * Sends a line to a port and resolves to what comes back until `enough` says so, '' on any failure.
 *
 * @param {number} port
 * @param {string} text
 * @param {(answer: string) => boolean} enough
 * @returns {Promise<string>}
 */
export function ask(port, text, enough) {
  const socket = connect({ port, host: '127.0.0.1' });
  let answer = '';
  return new Promise((resolve) => {
    const finish = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, finish);
    socket.on('error', finish).on('close', finish);
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      if (enough(answer)) finish();
    });
    socket.write(text);
  });
}
