// The fields of a request as an upstream is sent them.
import type { Caller } from './caller.ts';
import { FORWARDING, requestFates } from './fates.ts';
import { connectionNames } from './raw.ts';
import { asksForTrailers } from './trailers.ts';

/** The fields of a request that Connection may not name: removing them would change what legacy sees. */
const NOT_REMOVABLE = new Set([
  'host',
  'content-length',
  'content-type',
  'cookie',
  'authorization',
  ...FORWARDING,
]);

const NOTHING_FORWARDED: ReadonlyMap<string, string> = new Map();

/** What depends on where a request goes. */
export type UpstreamFields = {
  /** The Host that the upstream is sent; undefined for the visitor's own. */
  readonly host: string | undefined;
  /** Whether fields that name another method pass. */
  readonly methodOverride: boolean;
};

/**
 * Builds the request fields for an upstream from a raw list (name, value, name, value ...): drops
 * what ends at the edge, names with anything but letters, digits and `-`, and dangerous names, and sets
 * X-Forwarded-For, -Host and -Proto. `TE: trailers` is said anew: the edge passes trailers on.
 */
export function upstreamRequestHeaders(
  raw: readonly string[],
  caller: Caller,
  { host = caller.host, methodOverride }: UpstreamFields,
): string[] {
  const named = connectionNames(raw, NOT_REMOVABLE);
  const headers: string[] = [];
  let hasHost = host === '';
  let forwarded: Map<string, string> | undefined;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    switch (requestFates.of(name)) {
      case 'pass':
        if (!named?.has(name.toLowerCase())) headers.push(name, value);
        break;
      case 'host':
        headers.push(name, host);
        hasHost = true;
        break;
      case 'method-override':
        if (methodOverride) headers.push(name, value);
        break;
      case 'te':
        if (asksForTrailers(value)) headers.push('TE', 'trailers');
        break;
      case 'forwarding':
        if (caller.trusted) forwarded = withLine(forwarded, name.toLowerCase(), value);
        break;
      case 'ends':
        break;
    }
  }
  if (!hasHost) headers.push('Host', host);
  pushForwarding(headers, forwarded ?? NOTHING_FORWARDED, caller);
  return headers;
}

/** Several lines of one field are one list (RFC 9110 §5.3). */
function withLine(
  forwarded: Map<string, string> | undefined,
  key: string,
  value: string,
): Map<string, string> {
  const all = forwarded ?? new Map<string, string>();
  const before = all.get(key);
  return all.set(key, before === undefined ? value : `${before}, ${value}`);
}

function pushForwarding(headers: string[], forwarded: ReadonlyMap<string, string>, caller: Caller): void {
  const chain = forwarded.get('x-forwarded-for');
  headers.push('X-Forwarded-For', chain ? `${chain}, ${caller.peer}` : caller.peer);
  const host = forwarded.get('x-forwarded-host') ?? caller.host;
  if (host !== '') headers.push('X-Forwarded-Host', host);
  headers.push('X-Forwarded-Proto', forwarded.get('x-forwarded-proto') ?? caller.protocol);
  for (const [key, value] of forwarded) {
    if (key !== 'x-forwarded-for' && key !== 'x-forwarded-host' && key !== 'x-forwarded-proto')
      headers.push(key, value);
  }
}
