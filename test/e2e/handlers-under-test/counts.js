// Needs the database.
import { defineHandler } from 'banyan-edge';

export default defineHandler({ session: false, timeout: '2s' }, async ({ db }) => ({
  products: await db.one('SELECT COUNT(*) AS count FROM products'),
}));
