// Answers at once, and reads no session.
import { defineHandler } from 'banyan-edge';

export default defineHandler({ session: false }, () => 'hello');
