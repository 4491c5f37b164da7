// Answers after ?ms= milliseconds.
import { setTimeout as delay } from 'node:timers/promises';
import { defineHandler } from 'banyan-edge';

export default defineHandler({ session: false }, async ({ query }) => {
  await delay(Number(query.ms));
  return 'slow';
});
