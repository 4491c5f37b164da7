// Ends its process while it is imported.
import { defineHandler } from 'banyan-edge';

process.exit(4);

export default defineHandler(() => 'never');
