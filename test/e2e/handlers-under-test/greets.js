// Needs to know who is there: the session is read before it starts.
import { defineHandler } from 'banyan-edge';

export default defineHandler(({ session }) => ({ hello: session.get('user.name') ?? null }));
