// What the edge takes as a request. What it does not take is refused here, before any route is looked at.
import { type IncomingMessage, METHODS } from 'node:http';
import type { Limits } from '../../routing/route.ts';
import type { Caller } from '../fields/caller.ts';
import { single } from '../fields/raw.ts';
import { withoutPort } from './host.ts';
import { peerOf } from './visitor-connection.ts';

/** The statuses of refusals; after each of them the connection is closed. */
export type RefusalStatus = 400 | 405 | 414 | 417 | 421 | 431 | 505;

/** What a request is before any route is looked at. */
export type Received =
  /** It may go on: its target in origin form, and who sent it. */
  | { readonly kind: 'request'; readonly target: string; readonly caller: Caller }
  /** `OPTIONS *` asks about the server itself, and the edge is the server. */
  | { readonly kind: 'server-options' }
  | { readonly kind: 'refused'; readonly status: RefusalStatus; readonly code: string };

/** What is known about the outside. */
export type ReceiveOptions = {
  /** Allowed Host names in lower case, `*.example.com` included; empty allows all. */
  readonly hosts: readonly string[];
  readonly isTrusted: (address: string) => boolean;
};

const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(?::\d{0,5})?$/;
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;

/** Node's parser reads RTSP, too: `DESCRIBE / RTSP/1.0` looks like a request. */
const HTTP_METHODS: ReadonlySet<string> = new Set(METHODS);

/** Reads a request's head, and refuses what servers could disagree about (RFC 9112 §3.2, §6.1). */
export function receive(req: IncomingMessage, options: ReceiveOptions, limits: Limits): Received {
  const unfit = unfitHead(req, limits);
  if (unfit) return unfit;
  const hosts = single(req.rawHeaders, 'host');
  if (hosts.count > 1) return refused(400, 'several-hosts');
  const url = req.url ?? '';
  const absolute = url.startsWith('/') ? null : ABSOLUTE.exec(url);
  const host = absolute ? (absolute[1] ?? '') : (hosts.value ?? '');
  const isServer = req.method === 'OPTIONS' && (url === '*' || absolute?.[2] === '');
  const target = absolute ? absolute[2]?.replace(/^(?!\/)/, '/') : url;
  if (!isServer && (!target?.startsWith('/') || target.includes('#'))) return refused(400, 'target');
  if (host === '' ? req.httpVersion !== '1.0' : !HOST.test(host)) return refused(400, 'host');
  if (!isAllowed(host, options.hosts)) return refused(421, 'host-not-served');
  if (isServer || target === undefined) return { kind: 'server-options' };
  if (absolute) rewrite(req, target, host);
  const peer = peerOf(req.socket);
  const caller: Caller = { peer, trusted: options.isTrusted(peer), protocol: 'http', host };
  return { kind: 'request', target, caller };
}

/** Judges version, method, sizes, framing and expectation: what does not depend on where the request goes. */
function unfitHead(req: IncomingMessage, limits: Limits): Received | undefined {
  const { httpVersion, method = '', headers } = req;
  // The parser takes 0.9 and 2.0 as well, in the form of 1.1.
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return refused(505, 'version');
  if (method === 'CONNECT') return refused(405, 'connect');
  if (!HTTP_METHODS.has(method)) return refused(400, 'method');
  if (req.rawHeaders.length > limits.fields * 2) return refused(431, 'too-many-fields');
  if ((req.url ?? '').length > limits.url) return refused(414, 'target-too-long');
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (httpVersion === '1.0' || coding.toLowerCase() !== 'chunked'))
    return refused(400, 'transfer-encoding');
  const { expect } = headers;
  if (expect !== undefined && httpVersion === '1.1' && expect.toLowerCase() !== '100-continue')
    return refused(417, 'expectation');
  return undefined;
}

/** The host of an absolute target replaces Host (RFC 9112 §3.2.2), for handlers as for upstreams. */
function rewrite(req: IncomingMessage, target: string, host: string): void {
  req.url = target;
  req.headers.host = host;
}

function refused(status: RefusalStatus, code: string): Received {
  return { kind: 'refused', status, code };
}

function isAllowed(host: string, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return true;
  const name = withoutPort(host).toLowerCase();
  return allowed.some((one) => (one.startsWith('*.') ? name.endsWith(one.slice(1)) : name === one));
}

/** A request has a body exactly when it is framed as one (RFC 9112 §6). */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
