// Is never done with being imported.
import { defineHandler } from 'banyan-edge';

await new Promise(() => {});

export default defineHandler(() => 'never');
