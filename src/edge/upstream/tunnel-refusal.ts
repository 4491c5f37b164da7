// The plain answer of an upstream that refuses a tunnel, on its way to the visitor.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendChunk, sendEnd } from '../reply.ts';

/**
 * Sends the body of a refusal as fast as the visitor takes it, also where the response is sealed: a handler may have
 * failed before. An upstream that says nothing for `idle` ms is left, but for one that waits for the visitor. Calls
 * back once, with whether all of it has come.
 */
export function passRefusal(
  answer: IncomingMessage,
  res: ServerResponse,
  idle: number,
  done: (isWhole: boolean) => void,
): void {
  const resume = () => {
    answer.resume();
    // The silence until now was the visitor's.
    answer.setTimeout(idle);
  };
  res.on('drain', resume);
  answer.on('data', (chunk: Buffer) => {
    if (!sendChunk(res, chunk)) answer.pause();
  });
  answer.on('end', () => sendEnd(res));
  answer.setTimeout(idle, () => {
    if (!answer.isPaused()) answer.destroy();
  });
  answer.on('close', () => {
    res.off('drain', resume);
    done(answer.readableEnded);
  });
}
