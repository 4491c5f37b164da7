// Fails after its first bytes.
import { setTimeout as delay } from 'node:timers/promises';
import { defineHandler } from 'banyan-edge';

export default defineHandler({ session: false }, async ({ res }) => {
  res.write('<p>half a pa');
  await delay(50);
  throw new Error('half sent');
});
