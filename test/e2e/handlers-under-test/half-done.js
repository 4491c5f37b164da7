// Fails after it has set fields, before its first byte.
import { defineHandler } from 'banyan-edge';

export default defineHandler({ session: false }, ({ res }) => {
  res.status(418).setHeader('X-Half', 'done');
  res.cookie('half', 'done').type('text/plain');
  throw new Error('half done');
});
