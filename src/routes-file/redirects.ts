// The redirect of a route: where it leads, and that no visitor can make it lead to another origin.
import { parameterNames, redirectParameters } from '../routing/parameters.ts';
import type { NewSide, Pattern, RedirectStatus } from '../routing/route.ts';

type Redirect = NewSide & { readonly kind: 'redirect' };

/** What is wrong with a redirect, if anything is. */
export type RedirectFault = { readonly message: string; readonly cure: string };

export type RedirectResult =
  | { readonly ok: true; readonly side: Redirect }
  | ({ readonly ok: false } & RedirectFault);

/** Reads `301 /where/to`, whose shape the schema has checked. */
export function readRedirect(text: string): RedirectResult {
  const [status = '', target = ''] = text.trim().split(/ +/);
  const fault = faultOf(target);
  if (fault) return { ok: false, ...fault };
  const location = asciiLocation(target);
  return { ok: true, side: { kind: 'redirect', status: Number(status) as RedirectStatus, location } };
}

/** Says which parameter of a redirect's target not every match of the route captures. */
export function uncapturedFault(location: string, patterns: readonly Pattern[]): RedirectFault | undefined {
  for (const used of redirectParameters(location)) {
    const without = patterns.find((pattern) => !parameterNames(pattern).includes(used));
    if (!without) continue;
    const shown = used === '*' ? '*' : `:${used}`;
    return {
      message: `the redirect names ${shown}, which "${without.text}" does not capture`,
      cure: 'name only what every match of the route captures',
    };
  }
  return undefined;
}

function faultOf(target: string): RedirectFault | undefined {
  // Browsers read a backslash as a slash, and drop tabs and line ends.
  if (/[\\\p{Cc}\p{Cs}]/u.test(target)) {
    return {
      message: `the redirect to "${target}" has a backslash or a control character`,
      cure: 'write / or leave it out',
    };
  }
  if (/\*(?!$)|[^/]\*$/.test(target)) {
    return {
      message: `the redirect to "${target}" has a * that is not its last segment`,
      cure: 'end it in /*, or write %2A for the character',
    };
  }
  if (target.startsWith('//')) {
    return {
      message: `the redirect to "${target}" leads to another origin without saying so`,
      cure: `write https:${target}, or one slash for a path of this origin`,
    };
  }
  return target.startsWith('/') ? undefined : originFault(target);
}

/** Another origin is written out, so that nothing a visitor sends can choose it. */
function originFault(target: string): RedirectFault | undefined {
  const authority = /^https?:\/\/([^/?#]*)/i.exec(target)?.[1];
  if (authority === undefined || authority === '') {
    return {
      message: `the redirect to "${target}" leads nowhere`,
      cure: 'write a path such as /where/to, or an address such as https://shop.example.com/where/to',
    };
  }
  if (authority.includes('@')) {
    return {
      message: 'the address that the redirect leads to names a user',
      cure: 'leave out what stands before the @',
    };
  }
  const isWritten = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(authority);
  if (isWritten && URL.canParse(target.slice(0, target.indexOf(authority) + authority.length)))
    return undefined;
  return {
    message: `the redirect leads to "${authority}", which is not the name of a host`,
    cure: 'write the host out, such as https://shop.example.com/; parameters may stand in the path and in the query',
  };
}

/** A header field holds ASCII: other characters are escaped as browsers escape them. */
function asciiLocation(location: string): string {
  return location.replace(/[^\x21-\x7e]+/g, encodeURIComponent);
}
