// Fails before its first byte.
import { defineHandler } from 'banyan-edge';

export default defineHandler({ session: false }, () => {
  throw new Error('thrown on purpose');
});
