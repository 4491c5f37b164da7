// Answers, and leaves a promise behind that is rejected and that nobody awaits.
import { defineHandler } from 'banyan-edge';

export default defineHandler({ session: false }, () => {
  setTimeout(() => void Promise.reject(new Error('rejected behind the answer')), 0);
  return 'and then it was rejected';
});
