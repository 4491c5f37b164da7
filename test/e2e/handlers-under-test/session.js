// What a handler sees of the visitor's session: who is logged in, and the number that PHP counts up.
import { defineHandler } from 'banyan-edge';

export default defineHandler(({ session }) => ({
  user: session.user_id ?? null,
  n: session.get('n') ?? null,
  exists: session.exists,
}));
