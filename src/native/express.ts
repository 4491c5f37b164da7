// Express's API on plain Node requests and responses. Express swaps the prototype of every request,
// which makes V8 slow; here its methods are mixed once into the classes that Node's server creates.
import { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import { addShortcuts } from './express-shortcuts.ts';
import { type ResponseWatcher, seemDestroyed, WATCHER } from './response-watcher.ts';

/** The classes to give to `http.createServer`. */
export type ExpressClasses = {
  readonly IncomingMessage: typeof IncomingMessage;
  readonly ServerResponse: typeof ServerResponse;
};

export type ExpressRequest = express.Request;
export type ExpressResponse = express.Response;
export type ExpressHandler = (
  req: ExpressRequest,
  res: ExpressResponse,
  next: (error?: unknown) => void,
) => unknown;

/**
 * Creates request and response classes with everything that Express 5 adds to them. `trust` says
 * whether a peer's X-Forwarded-* fields are believed (`req.ip`, `req.protocol`, `req.hostname`).
 * ETag and X-Powered-By are off, as in PHP.
 */
export function createExpressClasses(trust: (address: string) => boolean): ExpressClasses {
  const app = express();
  app.set('trust proxy', trust);
  app.disable('etag');
  app.disable('x-powered-by');
  class EdgeRequest extends IncomingMessage {}
  class EdgeResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
    [WATCHER]: ResponseWatcher | undefined;

    override destroy(error?: Error): this {
      return this[WATCHER]?.takesDestroy(error) ? seemDestroyed(this, error) : super.destroy(error);
    }
  }
  mix(EdgeRequest.prototype, express.request, app);
  mix(EdgeResponse.prototype, express.response, app);
  addShortcuts(EdgeResponse.prototype);
  return { IncomingMessage: EdgeRequest, ServerResponse: EdgeResponse };
}

/** Gives a request and its response what Express sets on each pair, and returns them with Express's types. */
export function asExpress(req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) {
  const pair = { req: req as ExpressRequest, res: res as ExpressResponse, next };
  pair.req.res = pair.res;
  pair.req.next = next;
  pair.req.originalUrl = req.url ?? '/';
  pair.res.locals = Object.create(null);
  return pair;
}

function mix(prototype: object, methods: object, app: express.Express): void {
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(methods));
  Object.defineProperty(prototype, 'app', { value: app, configurable: true, writable: true });
}
