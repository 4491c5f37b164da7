// Tells the upstream that a visitor has begun to read its answer: both are parts of one test. A reset that arrives
// together with bytes is told by Node as an orderly end (libuv reports EOF for both), so an upstream that resets the
// connection to be noticed waits until its bytes have been read.
import { EventEmitter } from 'node:events';

const PATIENCE_MS = 1_000;
const heard = new EventEmitter().setMaxListeners(0);

/** Tells that the visitor with this nonce reads. */
export function hear(nonce: string): void {
  heard.emit(nonce);
}

/** Resolves when the visitor has begun to read; after a second in any case, for an edge may keep bytes back. */
export function hearing(nonce: string): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      heard.off(nonce, done);
      resolve();
    };
    const timer = setTimeout(done, PATIENCE_MS);
    heard.once(nonce, done);
  });
}
