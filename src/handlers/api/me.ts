// GET /api/me: who is logged in.
import { defineHandler } from 'banyan-edge';
import { json } from '../shop/answers.ts';
import { currentViewer } from '../shop/viewer.ts';

export default defineHandler({ timeout: '2s' }, (context) => {
  const { user, cartCount } = currentViewer(context);
  context.res.setHeader('Cache-Control', 'private, no-store');
  if (!user) return json(context.res, { error: 'Not logged in' }, 401);
  return json(context.res, { user, cart_count: cartCount });
});
