// The HTTP server of one worker: Node's own, strict, with limits, and an orderly end.
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import net from 'node:net';

const HEADERS_TIMEOUT_MS = 15_000;
/** Longer than the idle time of common load balancers, so that they and not we close idle connections. */
const KEEP_ALIVE_MS = 75_000;
const CHECK_EVERY_MS = 2_000;
/** How long a draining worker keeps idle connections, for requests that are already on their way. */
const IDLE_GRACE_MS = 2_000;
const DRAIN_POLL_MS = 50;

export type EdgeServer = {
  /** Accepts connections on an address or an inherited descriptor; resolves with the port, if there is one. */
  listen(where: { fd: number } | { host: string; port: number }): Promise<number | undefined>;
  /** Stops accepting, closes connections as their answers end, and breaks what is left after `timeout` ms. */
  drain(timeout: number): Promise<void>;
};

/** Creates the server. `classes` are those that carry Express's API. */
export function createEdgeServer(
  classes: Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'>,
  serve: (req: IncomingMessage, res: ServerResponse) => void,
): EdgeServer {
  const active = new Set<ServerResponse>();
  let draining = false;
  const server = createServer({
    ...classes,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    noDelay: true,
  });
  server.on('request', (req, res) => {
    active.add(res);
    res.on('close', () => active.delete(res));
    if (draining) res.shouldKeepAlive = false;
    serve(req, res);
  });
  return {
    listen: (where) => listen(server, where),
    drain: async (timeout) => {
      draining = true;
      for (const res of active) if (!res.headersSent) res.shouldKeepAlive = false;
      await closeGently(server, timeout);
    },
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

/**
 * `server.close()` would reset idle keep-alive connections at once, and with them requests that are
 * on their way (nodejs/node#60617). Only the listener is closed; idle connections have a grace.
 */
async function closeGently(server: Server, timeout: number): Promise<void> {
  const started = performance.now();
  const closed = new Promise<void>((resolve) => net.Server.prototype.close.call(server, () => resolve()));
  const timer = setInterval(() => {
    const elapsed = performance.now() - started;
    if (elapsed >= Math.min(IDLE_GRACE_MS, timeout)) server.closeIdleConnections();
    if (elapsed >= timeout) server.closeAllConnections();
  }, DRAIN_POLL_MS);
  await closed;
  clearInterval(timer);
}
