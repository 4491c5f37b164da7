// An upstream's own address in its answers: visitors cannot reach it, and should not learn of it.
import type { Upstream } from '../../routing/route.ts';

/** The fields of an answer that name addresses. */
export const ADDRESS_FIELDS: ReadonlySet<string> = new Set([
  'location',
  'content-location',
  'refresh',
  'set-cookie',
]);

/** What an upstream calls itself, and whether that is to be replaced. */
export type OwnAddress = { readonly names: ReadonlySet<string>; readonly rewrite: boolean };

const URL_AUTHORITY = /^(\s*(?:\d+\s*[;,]\s*(?:url\s*=\s*)?["']?)?)((?:https?:)?\/\/)([^/?#"'\s]+)/i;
const COOKIE_DOMAIN = /;\s*domain\s*=\s*"?\.?([^;"\s]*)"?\s*/i;

/** Returns the names by which an upstream may call itself: hosts and ports as it is reached, and the Host it is sent. */
export function ownAddress({ origins, host, rewrite }: Upstream): OwnAddress {
  const names = origins.flatMap((origin) => {
    const url = new URL(origin);
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    return [url.hostname, `${url.hostname}:${port}`];
  });
  if (host !== undefined) names.push(host.toLowerCase());
  return { names: new Set(names), rewrite };
}

/**
 * Looks for the upstream's own address in the value of an address field; undefined where there is none.
 * Otherwise returns the value with the address replaced by `visitorOrigin` (`https://shop.example.com`);
 * a cookie loses its Domain, which makes it one of the host that the visitor sees.
 */
export function withoutOwnAddress(
  field: string,
  value: string,
  own: OwnAddress,
  visitorOrigin: string,
): string | undefined {
  if (field === 'set-cookie') {
    const domain = COOKIE_DOMAIN.exec(value);
    return domain && own.names.has((domain[1] ?? '').toLowerCase())
      ? value.replace(COOKIE_DOMAIN, '')
      : undefined;
  }
  const parts = URL_AUTHORITY.exec(value);
  if (!parts || !own.names.has((parts[3] ?? '').toLowerCase())) return undefined;
  return `${parts[1]}${visitorOrigin}${value.slice(parts[0].length)}`;
}
