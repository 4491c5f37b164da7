// Tells of a file that was uploaded, and dies with it when it is asked to.
import { readFileSync } from 'node:fs';
import { defineHandler } from 'banyan-edge';

export default defineHandler({ session: false }, ({ files, form }) => {
  const upload = files.one('file');
  if (form.die === '1') process.exit(3);
  if (!upload?.ok) return { reason: upload?.reason ?? null };
  return { name: upload.name, size: upload.size, content: readFileSync(upload.path, 'utf8') };
});
