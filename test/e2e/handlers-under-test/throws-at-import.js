// Cannot be imported.
import { defineHandler } from 'banyan-edge';

throw new Error('thrown while it was imported');

export default defineHandler(() => 'never');
