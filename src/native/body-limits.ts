// How large a handler's bodies may be: what the handler says, within what its route says.
import type { IncomingMessage } from 'node:http';
import { formatSize } from '../size.ts';
import type { ResolvedOptions } from './options.ts';

/** A size that a body may have, and the setting that raises it. */
export type SizeLimit = { readonly bytes: number; readonly setting: string };

/** What a body may have. `body` holds for every kind but multipart, `total` for that. */
export type BodyLimits = {
  readonly body: SizeLimit;
  readonly total: SizeLimit;
  readonly uploads: Pick<ResolvedOptions['uploads'], 'fileSize' | 'files'>;
};

const OF_ROUTE = 'limits.body in routes.yaml';

/** Gives the limits for one handler at one route. */
export function bodyLimits(
  { bodyLimit, uploads }: Pick<ResolvedOptions, 'bodyLimit' | 'uploads'>,
  ofRoute: number | undefined,
): BodyLimits {
  const within = (bytes: number, option: string): SizeLimit =>
    ofRoute !== undefined && ofRoute < bytes
      ? { bytes: ofRoute, setting: OF_ROUTE }
      : { bytes, setting: `${option} of its handler` };
  return { body: within(bodyLimit, 'bodyLimit'), total: within(uploads.total, 'uploads.total'), uploads };
}

/** Says that a body is larger than a limit, and what raises it. */
export function overLimit({ bytes, setting }: SizeLimit): string {
  return `the body is larger than ${formatSize(bytes)}, which ${setting} raises`;
}

/** Says that a body is larger than its route, or the file, lets it be. */
export function overRouteLimit(bytes: number): string {
  return overLimit({ bytes, setting: OF_ROUTE });
}

/** Gives the length a request says its body has; 0 where it says none. */
export function declaredLength(req: IncomingMessage): number {
  return Number(req.headers['content-length'] ?? 0);
}

/**
 * Counts a body that is read by somebody else, of which nothing has been read. Calls `onExceeded` once when more
 * than `limit` bytes have come; what comes then is dropped. Returns what lifts the limit: whoever is given the body after that must count
 * it anew, and hear of what exceeds.
 */
export function limitStream(req: IncomingMessage, limit: number, onExceeded: () => void): () => void {
  const push = req.push;
  // What has come while its form was looked into, or its session read, is waiting to be read.
  let size = req.readableLength;
  if (size > limit) onExceeded();
  req.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (!(chunk instanceof Uint8Array)) return push.call(req, chunk, encoding);
    const before = size;
    size += chunk.byteLength;
    if (size <= limit) return push.call(req, chunk, encoding);
    if (before <= limit) onExceeded();
    return true;
  };
  return () => void Reflect.deleteProperty(req, 'push');
}
