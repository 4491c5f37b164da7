// The end of a worker's server: what is being answered is finished, what is idle is let go.
import type { Server } from 'node:http';
import net from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { cut } from '../reply.ts';
import type { VisitorConnection } from './visitor-connection.ts';

const DRAIN_POLL_MS = 50;

/** As many as the socket's queue holds: where more come all the time, those are not waited for. */
const MOST_ACCEPTED = 511;

/** What a drain did not see to its end. */
export type BrokenOff = {
  /** Requests whose answer was not complete when the time was up. */
  readonly requests: number;
  /** Tunnels, which never end by themselves. */
  readonly tunnels: number;
};

/**
 * Accepts who waits in the socket, for the system resets these when its last owner closes it. Then it stops
 * accepting, closes connections as their answers end, and breaks what is left after `timeout` ms; tells how much
 * that was. `server.close()` would reset idle keep-alive connections at once, and with them requests that are
 * on their way (nodejs/node#60617). Only the listener is closed; idle connections and tunnels have `grace` ms.
 */
export async function closeGently(
  server: Server,
  connections: ReadonlySet<VisitorConnection>,
  times: { readonly grace: number; readonly timeout: number },
): Promise<BrokenOff> {
  const started = performance.now();
  await acceptWaiting(server);
  const closed = new Promise<void>((resolve) => net.Server.prototype.close.call(server, () => resolve()));
  const tunnels = new Set<VisitorConnection>();
  const requests = new Set<VisitorConnection>();
  const step = () => {
    const elapsed = performance.now() - started;
    if (elapsed >= Math.min(times.grace, times.timeout)) {
      closeIdle(server, connections);
      for (const connection of connections) if (letGo(connection)) tunnels.add(connection);
    }
    if (elapsed < times.timeout) return;
    for (const connection of connections) {
      if (connection.current && !tunnels.has(connection)) requests.add(connection);
      cut(connection.socket, connection.current);
    }
  };
  step();
  const timer = setInterval(step, DRAIN_POLL_MS);
  await closed;
  clearInterval(timer);
  return { requests: requests.size, tunnels: tunnels.size };
}

/** Lets the server accept who waits in the socket: Node takes one in each turn of the event loop. */
async function acceptWaiting(server: Server): Promise<void> {
  let accepted = 0;
  const count = () => {
    accepted += 1;
  };
  server.on('connection', count);
  for (let before = -1; before < accepted && accepted < MOST_ACCEPTED; ) {
    before = accepted;
    // The first ends the turn that has begun, which may be past its look at the socket.
    await setImmediate();
    await setImmediate();
  }
  server.off('connection', count);
}

/**
 * Closes what Node calls idle, which has nothing of a next request either. Node takes an answer for given as soon
 * as all of it is written, though the visitor may not have read it yet: those with one are hidden from it.
 */
function closeIdle(server: Server, connections: Iterable<VisitorConnection>): void {
  const answering = [...connections].filter(({ current }) => current).map(({ socket }) => socket);
  for (const socket of answering) socket.destroy = () => socket;
  server.closeIdleConnections();
  for (const socket of answering) Reflect.deleteProperty(socket, 'destroy');
}

/** Ends what need not be waited for; tells whether that was a tunnel. */
function letGo(connection: VisitorConnection): boolean {
  const { endTunnel, socket } = connection;
  connection.endTunnel = undefined;
  endTunnel?.();
  if (isSpent(connection)) socket.destroy();
  return endTunnel !== undefined;
}

/** Whether a connection serves nobody though Node does not call it idle: answered and lingering, or never used. */
function isSpent({ lingering, socket }: VisitorConnection): boolean {
  return (lingering && socket.writableFinished) || socket.bytesRead === 0;
}
