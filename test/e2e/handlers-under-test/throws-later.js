// Answers, and throws when nobody can catch it any more.
import { defineHandler } from 'banyan-edge';

export default defineHandler({ session: false }, () => {
  setTimeout(() => {
    throw new Error('thrown in a timer');
  }, 0);
  return 'and then it threw';
});
