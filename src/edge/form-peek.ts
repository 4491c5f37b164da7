// Looking into a form before it is decided who gets it. Its bytes stay on the request, untouched.
import type { IncomingMessage } from 'node:http';
import { parsePhpBody } from '../php/query.ts';
import type { PhpArray } from '../php/value.ts';
import { declaredLength, hasBody } from './receive.ts';

/** The largest form that is looked into, in bytes. */
export const MAX_PEEKED = 64 * 1024;

/**
 * Returns the fields of a urlencoded form as PHP reads them; null where the body is none, is larger than
 * 64 KiB, or ends early. All that was read is put back, so that whoever gets the request reads it whole.
 */
export async function peekForm(req: IncomingMessage): Promise<PhpArray | null> {
  const type = (req.headers['content-type'] ?? '').split(/[;, ]/)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') return null;
  if (!hasBody(req) || declaredLength(req) > MAX_PEEKED) return null;
  const bytes = await peek(req);
  return bytes ? parsePhpBody(bytes) : null;
}

/** Reads a body without coming to its end: what was read goes back in the same turn as the last of it came. */
function peek(req: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (isWhole: boolean) => {
      req.off('readable', onReadable).off('close', onClose).off('error', onClose);
      const bytes = Buffer.concat(chunks);
      if (bytes.length > 0 && !req.destroyed) req.unshift(bytes);
      resolve(isWhole ? bytes : undefined);
    };
    const onReadable = () => {
      for (let chunk = req.read(); chunk !== null; chunk = req.read()) {
        chunks.push(chunk);
        size += chunk.length;
      }
      if (size > MAX_PEEKED) settle(false);
      else if (req.complete) settle(true);
    };
    const onClose = () => settle(false);
    req.on('readable', onReadable).on('close', onClose).on('error', onClose);
  });
}
