// What becomes of each field. Everything not named here passes, in order, case and repetition.
import { ADDRESS_FIELDS } from '../upstream/own-address.ts';

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
export const FORWARDING = new Set([
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

/** What becomes of a request's fields on their way to an upstream or a handler. */
export const requestFates = new Fates((key) => {
  if (key === 'host') return 'host';
  if (FORWARDING.has(key)) return 'forwarding';
  if (METHOD_OVERRIDE.has(key)) return 'method-override';
  if (key === 'te') return 'te';
  const ends = HOP_BY_HOP.has(key) || key === 'expect' || isNeverPassed(key);
  return ends ? 'ends' : 'pass';
});

/** What becomes of an answer's fields on their way to the visitor. */
export const responseFates = new Fates((key) => {
  if (key === 'trailer') return 'trailer';
  if (ADDRESS_FIELDS.has(key)) return 'address';
  return HOP_BY_HOP.has(key) ? 'ends' : 'pass';
});

/** States that neither an upstream nor a handler is sent a field of this name, in lower case, whoever sends it. */
export function isNeverPassed(key: string): boolean {
  return DANGEROUS.has(key) || ODD_NAME.test(key);
}
