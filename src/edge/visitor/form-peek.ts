// Looking into a form before it is decided who gets it. Its bytes stay on the request, untouched.
import type { IncomingMessage } from 'node:http';
import { bodyKind } from '../../native/body.ts';
import { declaredLength } from '../../native/body-limits.ts';
import { parsePhpBody } from '../../php/request/query.ts';
import type { PhpArray } from '../../php/value.ts';

/** The largest form that is looked into, in bytes. */
export const MAX_PEEKED = 64 * 1024;

/**
 * Returns the fields of a urlencoded form as PHP reads them; null where the body is none, is larger than
 * 64 KiB, or ends early. All that was read is put back, so that whoever gets the request reads it whole.
 */
export async function peekForm(req: IncomingMessage): Promise<PhpArray | null> {
  if (bodyKind(req) !== 'form' || declaredLength(req) > MAX_PEEKED) return null;
  const bytes = await peek(req);
  return bytes ? parsePhpBody(bytes) : null;
}

/**
 * Takes a body as it comes, before the request's own stream does, and gives it to the stream then. To read the
 * stream and put back what was read would not do: one that turns out to be empty has ended by then.
 */
function peek(req: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (isWhole: boolean): boolean => {
      Reflect.deleteProperty(req, 'push');
      req.off('close', onClose).off('error', onClose);
      const bytes = Buffer.concat(chunks);
      resolve(isWhole ? bytes : undefined);
      if (req.destroyed) return false;
      const wantsMore = req.push(bytes);
      return isWhole ? req.push(null) : wantsMore;
    };
    const onClose = () => void settle(false);
    req.push = (chunk: Buffer | null) => {
      if (chunk === null) return settle(true);
      chunks.push(chunk);
      size += chunk.length;
      return size > MAX_PEEKED ? settle(false) : true;
    };
    req.on('close', onClose).on('error', onClose);
    // Begins to read: a visitor may wait to be asked for the body.
    req.read(0);
  });
}
