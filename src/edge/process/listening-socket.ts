// The socket that browsers connect to. The primary binds it and never accepts on it; workers inherit
// the descriptor and accept by themselves, so that the socket outlives every one of them.
import { lookup } from 'node:dns/promises';
import { closeSync, fstatSync } from 'node:fs';
import net from 'node:net';
import type { Listen } from '../../environment.ts';

export type ListeningSocket = {
  readonly fd: number;
  /** How to reach it, such as `127.0.0.1:8000`; `fd:3` for an inherited socket. */
  readonly name: string;
  /**
   * Gives up this process's part in it. Once the workers have given up theirs, the system refuses connections; or
   * keeps them waiting for whoever else has the socket, such as systemd, and starts the next process on it.
   */
  close(): void;
};

export type BindResult =
  | { readonly ok: true; readonly socket: ListeningSocket }
  | { readonly ok: false; readonly message: string };

type Handle = {
  readonly fd: number;
  getsockname(out: { address?: string; port?: number }): number;
  close(): void;
};

/**
 * What node:cluster itself binds with: a bound TCP handle that does not accept, or an error number.
 * Node has no documented call for this (docs/decisions/0002-one-socket-many-workers.md).
 */
const createServerHandle: (address: string, port: number, family: 4 | 6) => Handle | number = (
  net as unknown as { _createServerHandle: (address: string, port: number, family: 4 | 6) => Handle | number }
)._createServerHandle;

/** Binds an address, or takes over a descriptor that was handed down. Port 0 takes a free one. */
export async function bindSocket(listen: Listen): Promise<BindResult> {
  if (listen.kind === 'fd') return inheritedSocket(listen.fd);
  const found = await lookup(listen.host).catch(() => undefined);
  if (!found) return cannotListen(listen, 'there is no such host');
  const handle = createServerHandle(found.address, listen.port, found.family === 6 ? 6 : 4);
  if (typeof handle === 'number') return cannotListen(listen, 'the address cannot be bound');
  const bound: { address?: string; port?: number } = {};
  if (handle.getsockname(bound) !== 0 || !bound.port || (listen.port !== 0 && bound.port !== listen.port)) {
    handle.close();
    return cannotListen(listen, 'the port is taken');
  }
  const host = bound.address?.includes(':') ? `[${bound.address}]` : bound.address;
  return { ok: true, socket: { fd: handle.fd, name: `${host}:${bound.port}`, close: () => handle.close() } };
}

function inheritedSocket(fd: number): BindResult {
  if (isSocket(fd)) return { ok: true, socket: { fd, name: `fd:${fd}`, close: () => closeSync(fd) } };
  return { ok: false, message: `LISTEN=fd:${fd}, but descriptor ${fd} is no socket` };
}

function isSocket(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}

function cannotListen(listen: Listen & { kind: 'address' }, why: string): BindResult {
  return { ok: false, message: `cannot listen on ${listen.host}:${listen.port}: ${why}` };
}
