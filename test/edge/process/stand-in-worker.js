// A worker that serves nothing and obeys at once, but for what its orders make it do; see primary.test.ts.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** @type {string} */
let folder;

process.on('disconnect', () => process.exit(0));
process.on(
  'message',
  (/** @type {import('../../../src/edge/process/protocol.ts').OrderEnvelope} */ envelope) => {
    const { id, order } = envelope;
    const reply = (ms = 0, after = () => {}) =>
      setTimeout(() => process.send?.({ id, reply: { kind: 'done' } }, undefined, undefined, after), ms);
    if (order.kind === 'start') folder = order.settings.handlers;
    if (order.kind === 'prepare' && order.spec.revision === 'hangs') process.removeAllListeners('message');
    else if (order.kind !== 'listen') reply();
    else if (folder.endsWith('never-listens')) process.removeAllListeners('message');
    else if (isFirst()) reply(0, () => process.exit(1));
    else reply(500);
  },
);

/** Whether nobody has been told to listen before, where the folder says that the first one dies of it. */
function isFirst() {
  if (!folder.endsWith('first-dies')) return false;
  try {
    mkdirSync(join(folder, 'died'));
    return true;
  } catch {
    return false;
  }
}
