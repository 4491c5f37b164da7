// Who asks, and what of the forwarding fields that came along is believed.
import { single } from './raw.ts';

/** Who the request came from, as the edge sees it. */
export type Caller = {
  /** The address of the peer's socket. */
  readonly peer: string;
  /** Whether the peer is in TRUSTED_PROXIES. */
  readonly trusted: boolean;
  /** `http` or `https`: how the peer reached the edge. */
  readonly protocol: 'http' | 'https';
  readonly host: string;
};

/** What load balancers and CDNs add: where one stands in front, at least one of these is there. */
const USUAL_FORWARDING = ['x-forwarded-for', 'forwarded', 'x-forwarded-proto', 'x-real-ip'] as const;

/** Returns a forwarding field of a peer that is not trusted, which is not believed; undefined where there is none. */
export function ignoredForwarding(
  headers: Readonly<Record<string, unknown>>,
  caller: Caller,
): string | undefined {
  if (caller.trusted) return undefined;
  return USUAL_FORWARDING.find((name) => headers[name] !== undefined);
}

/**
 * Returns the origin under which the visitor knows the edge: `https://shop.example.com`. Of several proxies in a
 * row, the first has spoken with him, and its entry stands first.
 */
export function visitorOrigin(raw: readonly string[], caller: Caller): string {
  const told = (name: string) =>
    caller.trusted ? single(raw, name).value?.split(',')[0]?.trim() : undefined;
  const protocol = told('x-forwarded-proto') === 'https' ? 'https' : caller.protocol;
  return `${protocol}://${told('x-forwarded-host') || caller.host}`;
}
