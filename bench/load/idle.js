// Many connections that have asked once and now wait, as those of visitors who read do.

import { open } from './client.js';
import { requestBytes } from './request.js';

const AT_A_TIME = 20;

/**
 * Opens the connections, asks once on each, says `ready`, and holds them.
 *
 * @param {import('./generator.js').Task} task
 * @returns {Promise<{ open: number }>} how many were still open at the end
 */
export async function holdIdle({ port, request, connections: count, seconds }) {
  const bytes = requestBytes(request, port);
  const held = [];
  let broken = 0;
  while (held.length < count) {
    const opened = await open(Math.min(AT_A_TIME, count - held.length), port, bytes);
    await Promise.all(opened.map(askOnce));
    held.push(...opened);
  }
  for (const connection of held) connection.onAnswer = () => (broken += 1);
  process.stdout.write('ready\n');
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  return { open: count - broken };
}

/**
 * @param {import('./client.js').Connection} connection
 * @returns {Promise<void>}
 */
function askOnce(connection) {
  return new Promise((resolve, reject) => {
    connection.onAnswer = (status) =>
      status === 200 ? resolve() : reject(new Error(`an answer with status ${status}`));
    connection.send();
  });
}
