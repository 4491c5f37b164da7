// As many requests as a number of connections can carry, each sent when the one before it is answered.

import { open } from './client.js';
import { requestBytes } from './request.js';

/**
 * Sends for a while.
 *
 * @param {import('./generator.js').Task} task
 * @returns {Promise<{ requests: number, errors: number, seconds: number }>}
 */
export async function saturate({ port, request, connections: count, seconds }) {
  const connections = await open(count, port, requestBytes(request, port));
  const started = performance.now();
  const ends = started + seconds * 1_000;
  const seen = { requests: 0, errors: 0 };
  await Promise.all(connections.map((connection) => chain(connection, ends, seen)));
  return { ...seen, seconds: (performance.now() - started) / 1_000 };
}

/**
 * @param {import('./client.js').Connection} connection
 * @param {number} ends
 * @param {{ requests: number, errors: number }} seen
 * @returns {Promise<void>}
 */
function chain(connection, ends, seen) {
  return new Promise((resolve) => {
    connection.onAnswer = (status) => {
      seen.requests += 1;
      if (status !== 200) seen.errors += 1;
      if (status !== 0 && performance.now() < ends) return connection.send();
      connection.destroy();
      resolve();
    };
    connection.send();
  });
}
