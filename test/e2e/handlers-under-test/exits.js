// Ends its process.
import { defineHandler } from 'banyan-edge';

export default defineHandler({ session: false }, () => process.exit(3));
