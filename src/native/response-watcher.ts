// What a response tells whoever watches over its handler.
import type { ServerResponse } from 'node:http';

/** Where a response keeps its watcher: listening this way costs no closures. */
export const WATCHER = Symbol('watcher');

export type ResponseWatcher = {
  /** The answer has left. */
  onFinish(): void;
  /** The connection has closed, or has been given on to the next request. */
  onClose(): void;
  /** An error that belongs to nobody's call, such as that of a write after the end. */
  onStrayError(error: unknown): void;
  /** The handler, or a stream that failed, destroys the response. True leaves the connection alone. */
  takesDestroy(error: Error | undefined): boolean;
};

export type Watched = ServerResponse & { [WATCHER]?: ResponseWatcher | undefined };

/** Makes a response tell its watcher. */
export function watch(res: ServerResponse, watcher: ResponseWatcher): void {
  (res as Watched)[WATCHER] = watcher;
  res.on('close', onClose).on('finish', onFinish).on('error', onError);
}

/**
 * Says that a response is destroyed without destroying it: a pipeline that fails destroys what it writes
 * to and waits for word of it, which without an event would never come.
 */
export function seemDestroyed<Response extends ServerResponse>(
  res: Response,
  error = new Error('the response was taken away'),
): Response {
  process.nextTick(() => res.listenerCount('error') > 0 && res.emit('error', error));
  return res;
}

function onClose(this: Watched): void {
  this[WATCHER]?.onClose();
}

function onFinish(this: Watched): void {
  this[WATCHER]?.onFinish();
}

function onError(this: Watched, error: unknown): void {
  this[WATCHER]?.onStrayError(error);
}
