// How large a handler's bodies may be: what the handler says, within what its route says.
import type { IncomingMessage } from 'node:http';
import type { MultipartLimits } from './multipart.ts';
import type { ResolvedOptions } from './options.ts';

/** What a body may have. `body` holds for every kind but multipart; in bytes, but for `files`. */
export type BodyLimits = { readonly body: number; readonly uploads: MultipartLimits };

/** Gives the limits for one handler at one route. */
export function bodyLimits(
  { bodyLimit, uploads }: Pick<ResolvedOptions, 'bodyLimit' | 'uploads'>,
  ofRoute: number | undefined,
): BodyLimits {
  if (ofRoute === undefined) return { body: bodyLimit, uploads };
  return {
    body: Math.min(bodyLimit, ofRoute),
    uploads: { ...uploads, total: Math.min(uploads.total, ofRoute) },
  };
}

/** Gives the length a request says its body has; 0 where it says none. */
export function declaredLength(req: IncomingMessage): number {
  return Number(req.headers['content-length'] ?? 0);
}

/**
 * Counts a body that is read by somebody else. Calls `onExceeded` once when more than `limit` bytes have
 * come; what comes then is dropped.
 */
export function limitStream(req: IncomingMessage, limit: number, onExceeded: () => void): void {
  const push = req.push;
  let size = 0;
  req.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (!(chunk instanceof Uint8Array)) return push.call(req, chunk, encoding);
    const before = size;
    size += chunk.byteLength;
    if (size <= limit) return push.call(req, chunk, encoding);
    if (before <= limit) onExceeded();
    return true;
  };
}
