// Which header fields cross the edge. Everything not named here passes, in order, case and repetition.
import { ADDRESS_FIELDS } from './upstream/own-address.ts';

/** Fields that concern one connection only (RFC 9110 §7.6.1), and what old clients send in their place. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Fields that the edge answers for: taken from trusted peers, replaced for everybody else. */
const FORWARDING = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-forwarded-protocol',
  'x-forwarded-scheme',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-forwarded-prefix',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'front-end-https',
]);

/** Fields that ask for another method than the one that was routed. Legacy may rely on them, a new side only where its route says so. */
const METHOD_OVERRIDE = new Set(['x-http-method-override', 'x-http-method', 'x-method-override']);

/** Fields that make servers behind the edge see another request than the one that was routed. */
const DANGEROUS = new Set(['proxy', 'x-original-url', 'x-rewrite-url', 'x-banyan']);

/** PHP makes `HTTP_X_FORWARDED_FOR` of X_Forwarded_For, as of X-Forwarded-For; servers differ on the rest. */
const ODD_NAME = /[^a-z0-9-]/;

/** The fields of a request that Connection may not name: removing them would change what legacy sees. */
const NOT_REMOVABLE = new Set([
  'host',
  'content-length',
  'content-type',
  'cookie',
  'authorization',
  ...FORWARDING,
]);

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

/** Returns the origin under which the visitor knows the edge: `https://shop.example.com`. */
export function visitorOrigin(raw: readonly string[], caller: Caller): string {
  const told = (name: string) => (caller.trusted ? single(raw, name).value : undefined);
  const protocol = told('x-forwarded-proto') === 'https' ? 'https' : caller.protocol;
  return `${protocol}://${told('x-forwarded-host')?.split(',')[0]?.trim() || caller.host}`;
}

/** Whether a TE field says that trailers are understood (RFC 9110 §10.1.4). */
export function asksForTrailers(te: string): boolean {
  return /(?:^|[,\s])trailers(?:$|[,;\s])/i.test(te);
}

/**
 * Builds the response fields for the visitor from a raw list: drops what concerns the connection. Trailer
 * passes where `trailers` says so. `onAddress` is called with each field that names addresses, in lower
 * case, and returns the value to send.
 */
export function visitorResponseHeaders(
  raw: readonly string[],
  trailers: boolean,
  onAddress: (field: string, value: string) => string,
): string[] {
  const named = connectionNames(raw, NONE);
  const headers: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    const fate = responseFates.of(name);
    if (fate === 'ends' || named?.has(name.toLowerCase())) continue;
    if (fate === 'trailer' && !trailers) continue;
    headers.push(name, fate === 'address' ? onAddress(name.toLowerCase(), value) : value);
  }
  return headers;
}

/** Returns what of an answer's trailers may pass, as pairs: no field that frames, routes or concerns a connection. */
export function visitorTrailers(raw: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (responseFates.of(name) !== 'pass' || NOT_IN_TRAILERS.has(name.toLowerCase())) continue;
    pairs.push([name, raw[index + 1] ?? '']);
  }
  return pairs;
}

/**
 * Takes from a request's parsed fields what no handler may be told: forwarding fields of a peer that is
 * not trusted, and what legacy would not be sent either.
 */
export function cleanForHandler(
  raw: readonly string[],
  headers: Record<string, unknown>,
  caller: Caller,
  methodOverride: boolean,
): void {
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const fate = requestFates.of(name);
    if (fate === 'pass' || fate === 'host' || fate === 'te') continue;
    const key = name.toLowerCase();
    const stays =
      (fate === 'forwarding' && caller.trusted) ||
      (fate === 'method-override' && methodOverride) ||
      (fate === 'ends' && !DANGEROUS.has(key) && !ODD_NAME.test(key));
    if (!stays) delete headers[key];
  }
}

/** Returns a field's value when it stands exactly once; the names of a raw list are compared without case. */
export function single(raw: readonly string[], wanted: string): { count: number; value: string | undefined } {
  let count = 0;
  let value: string | undefined;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (name.length !== wanted.length || name.toLowerCase() !== wanted) continue;
    count += 1;
    value = raw[index + 1];
  }
  return { count, value };
}

/** What a trailer may not change after the fact (RFC 9110 §6.5.1). */
const NOT_IN_TRAILERS: ReadonlySet<string> = new Set([
  'content-length',
  'content-encoding',
  'content-type',
  'content-range',
  'cache-control',
]);

const NONE: ReadonlySet<string> = new Set();
const NOTHING_FORWARDED: ReadonlyMap<string, string> = new Map();

/** What becomes of a field. */
type Fate = 'pass' | 'ends' | 'forwarding' | 'host' | 'method-override' | 'te' | 'trailer' | 'address';

const MAX_REMEMBERED = 1_000;

/** Remembers the fate of each name as it was spelt; bounded, for names are the visitor's choice. */
class Fates {
  readonly #known = new Map<string, Fate>();
  readonly #judge: (key: string) => Fate;

  constructor(judge: (key: string) => Fate) {
    this.#judge = judge;
  }

  of(name: string): Fate {
    const known = this.#known.get(name);
    if (known) return known;
    const fate = this.#judge(name.toLowerCase());
    if (this.#known.size < MAX_REMEMBERED) this.#known.set(name, fate);
    return fate;
  }
}

const requestFates = new Fates((key) => {
  if (key === 'host') return 'host';
  if (FORWARDING.has(key)) return 'forwarding';
  if (METHOD_OVERRIDE.has(key)) return 'method-override';
  if (key === 'te') return 'te';
  const ends = HOP_BY_HOP.has(key) || DANGEROUS.has(key) || key === 'expect' || ODD_NAME.test(key);
  return ends ? 'ends' : 'pass';
});

const responseFates = new Fates((key) => {
  if (key === 'trailer') return 'trailer';
  if (ADDRESS_FIELDS.has(key)) return 'address';
  return HOP_BY_HOP.has(key) ? 'ends' : 'pass';
});

/** The fields that Connection names, but for those it may not; undefined in the usual case of none. */
function connectionNames(raw: readonly string[], kept: ReadonlySet<string>): ReadonlySet<string> | undefined {
  let named: Set<string> | undefined;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    const value = raw[index + 1] ?? '';
    // What nearly all send, told apart without making a list of it.
    if (value === 'keep-alive' || value === 'close') continue;
    for (const token of value.toLowerCase().split(',')) {
      const option = token.trim();
      if (option === '' || option === 'close' || option === 'keep-alive' || kept.has(option)) continue;
      named ??= new Set();
      named.add(option);
    }
  }
  return named;
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
