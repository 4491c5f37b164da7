// Expect: 100-continue (RFC 9110 §10.1.1). The edge asks for the body when somebody begins to read it:
// after routing and limits, and never for a request that is answered without its body.
import { IncomingMessage, ServerResponse } from 'node:http';

const waiting = new WeakSet<IncomingMessage>();

/** Lets the request ask for its body when it is first read, if its answer has not begun by then. */
export function askWhenRead(req: IncomingMessage, res: ServerResponse): void {
  waiting.add(req);
  req._read = (size) => {
    req._read = IncomingMessage.prototype._read;
    waiting.delete(req);
    if (!res.headersSent && !res.destroyed) ServerResponse.prototype.writeContinue.call(res);
    req._read(size);
  };
}

/** Whether a visitor rightly sends nothing: he has not been asked for the body yet. */
export function waitsToBeAsked(req: IncomingMessage): boolean {
  return waiting.has(req);
}
