// What the edge takes as a request. What it does not take is answered here, before any route is looked at.
import type { IncomingMessage } from 'node:http';
import { type Caller, single } from './headers.ts';

/** A request that may go on: its target in origin form, and who sent it. */
export type Received =
  | { readonly ok: true; readonly target: string; readonly caller: Caller }
  | { readonly ok: false; readonly status: 400 | 421; readonly code: string };

/** What is known about the outside. */
export type ReceiveOptions = {
  /** Allowed Host names in lower case, `*.example.com` included; empty allows all. */
  readonly hosts: readonly string[];
  readonly isTrusted: (address: string) => boolean;
};

const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(?::\d{0,5})?$/;
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;

/** Reads target and Host of a request, and refuses what servers could disagree about (RFC 9112 §3.2). */
export function receive(req: IncomingMessage, options: ReceiveOptions): Received {
  const hosts = single(req.rawHeaders, 'host');
  if (hosts.count > 1) return refused(400, 'several-hosts');
  const absolute = ABSOLUTE.exec(req.url ?? '');
  const host = absolute ? (absolute[1] ?? '') : (hosts.value ?? '');
  const target = absolute ? absolute[2]?.replace(/^(?!\/)/, '/') : req.url;
  if (!target?.startsWith('/') || target.includes('#')) return refused(400, 'target');
  if (host === '' ? req.httpVersion !== '1.0' : !HOST.test(host)) return refused(400, 'host');
  if (!isAllowed(host, options.hosts)) return refused(421, 'host-not-served');
  if (absolute) rewrite(req, target, host);
  const peer = plainAddress(req.socket.remoteAddress ?? '');
  return { ok: true, target, caller: { peer, trusted: options.isTrusted(peer), protocol: 'http', host } };
}

/** The host of an absolute target replaces Host (RFC 9112 §3.2.2), for handlers as for upstreams. */
function rewrite(req: IncomingMessage, target: string, host: string): void {
  req.url = target;
  req.headers.host = host;
}

function refused(status: 400 | 421, code: string): Received {
  return { ok: false, status, code };
}

function isAllowed(host: string, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return true;
  const name = host.replace(/:\d*$/, '').toLowerCase();
  return allowed.some((one) => (one.startsWith('*.') ? name.endsWith(one.slice(1)) : name === one));
}

/** A request has a body exactly when it is framed as one (RFC 9112 §6). */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** The length that a request declares for its body, in bytes; 0 where it declares none. */
export function declaredLength(req: IncomingMessage): number {
  return Number(req.headers['content-length'] ?? 0);
}

/** Shows an IPv4 peer on an IPv6 socket as IPv4. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
