// The HTTP server of one worker: Node's own, strict, with limits, and an orderly end.
import { createServer, type Server } from 'node:http';
import { CONNECTION_TIMES, KEEP_ALIVE_MS, MAX_HEADER_BYTES } from '../limits.ts';
import { type ServerParts, Visitors } from './visitors.ts';

export type EdgeServer = {
  /** Accepts connections on an address or an inherited descriptor; resolves with the port, if there is one. */
  listen(where: { fd: number } | { host: string; port: number }): Promise<number | undefined>;
  /**
   * Stops accepting, closes connections as their answers end, and breaks what is left after `timeout` ms. What is
   * idle is let go after a moment, or, by a `patient` server, not before the timeout.
   */
  drain(timeout: number, patient?: boolean): Promise<void>;
};

/** Creates the server. */
export function createEdgeServer(parts: ServerParts): EdgeServer {
  const times = { ...CONNECTION_TIMES, ...parts.times };
  const server = createServer({
    ...parts.classes,
    headersTimeout: times.head,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: times.check,
    maxHeaderSize: MAX_HEADER_BYTES,
    noDelay: true,
    // receive() refuses it, and tells of it.
    requireHostHeader: false,
  });
  // Node would drop fields beyond its own maximum without a word; what is too many is refused by receive().
  server.maxHeadersCount = 0;
  // A visitor may end his side before he has his answer. Node's types do not know of it.
  Object.assign(server, { httpAllowHalfOpen: true });
  const visitors = new Visitors(server, parts);
  return {
    listen: (where) => listen(server, where),
    drain: (timeout, patient = false) => visitors.drain(timeout, patient),
  };
}

function listen(
  server: Server,
  where: { fd: number } | { host: string; port: number },
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' ? address?.port : undefined);
    });
  });
}
