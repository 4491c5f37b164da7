// The same page as a handler of Banyan's own kind.

import { defineHandler } from 'banyan-edge';
import { page } from '../servers/page.js';

const body = page();

export default defineHandler(() => body);
