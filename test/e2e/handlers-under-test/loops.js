// Never gives the processor back.
import { defineHandler } from 'banyan-edge';

export default defineHandler({ session: false }, () => {
  for (;;);
});
