// The end of a tunnel when its worker stops: the visitor is told that the server is going away.
import type { Socket } from 'node:net';
import { connectionOf } from './visitor-connection.ts';
import { FrameBoundaries } from './websocket-frames.ts';

/** A Close frame with code 1001, "going away" (RFC 6455 §7.4.1). */
const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9]);
/** How long visitor and upstream have to close after it. */
const PATIENCE_MS = 1_000;

/**
 * Prepares an open tunnel for a drain. Between two frames of the upstream a Close frame is sent; where one
 * is half sent, there is no place for it, and the connection closes without.
 */
export function prepareFarewell(visitor: Socket, upstream: Socket): void {
  const connection = connectionOf(visitor);
  if (!connection) return;
  const frames = new FrameBoundaries();
  upstream.on('data', (chunk: Buffer) => frames.follow(chunk));
  connection.endTunnel = () => {
    if (!frames.isOpen) return void visitor.destroy();
    // What the visitor answers still reaches the upstream, which learns from it that the tunnel ends.
    upstream.unpipe(visitor);
    upstream.resume();
    visitor.end(GOING_AWAY);
    const timer = setTimeout(() => visitor.destroy(), PATIENCE_MS);
    visitor.once('close', () => clearTimeout(timer));
  };
}
