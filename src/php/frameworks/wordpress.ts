// WordPress: no PHP session, but a signed cookie whose token must be among those of its user. Sources: wordpress 6.8
// wp_parse_auth_cookie, wp_validate_auth_cookie, wp_hash, WP_User_Meta_Session_Tokens.
import { createHash, createHmac } from 'node:crypto';
import { unserialize } from '../formats/unserialize.ts';
import { hashEquals } from '../text/strings.ts';
import type { PhpArray } from '../value.ts';

/** What a login cookie says, before anything of it is believed. */
export type WordPressCookie = {
  readonly user: string;
  /** Seconds since 1970. */
  readonly expiration: number;
  readonly token: string;
  readonly signature: string;
};

/** Names the login cookie of a site, by its siteurl as the options table has it. */
export function wordPressCookieName(siteUrl: string): string {
  return `wordpress_logged_in_${createHash('md5').update(siteUrl).digest('hex')}`;
}

/** Reads `user|expiration|token|signature`; undefined if it is not that. */
export function parseWordPressCookie(cookie: string): WordPressCookie | undefined {
  const [user, expiration, token, signature, ...rest] = cookie.split('|');
  if (!user || !token || !signature || rest.length > 0 || !/^[0-9]{1,15}$/.test(expiration ?? ''))
    return undefined;
  return { user, expiration: Number(expiration), token, signature };
}

const GRACE = 3600;

/** States that a cookie's time is not over. A POST may come an hour late. */
export function isWordPressCookieAlive(
  { expiration }: WordPressCookie,
  method: string,
  now: number,
): boolean {
  return expiration + (method === 'POST' ? GRACE : 0) >= now;
}

/** States that a cookie was made for this user. `salt` is LOGGED_IN_KEY followed by LOGGED_IN_SALT. */
export function isWordPressCookieGenuine(
  cookie: WordPressCookie,
  passwordHash: string,
  salt: string,
): boolean {
  const { user, expiration, token, signature } = cookie;
  const fragment = passwordFragment(passwordHash);
  const key = createHmac('md5', salt).update(`${user}|${fragment}|${expiration}|${token}`).digest('hex');
  const expected = createHmac('sha256', key).update(`${user}|${expiration}|${token}`).digest('hex');
  return hashEquals(expected, signature);
}

/** A changed password ends all logins. Hashes of 6.8 and later begin alike, so that their end is taken. */
function passwordFragment(hash: string): string {
  return hash.startsWith('$P$') || hash.startsWith('$2y$') ? hash.slice(8, 12) : hash.slice(-4);
}

/** Finds the login of a token in the user's `session_tokens`; undefined if it was ended or is over. */
export function wordPressLogin(sessionTokens: Uint8Array, token: string, now: number): PhpArray | undefined {
  const tokens = unserialize(sessionTokens);
  const all = tokens.ok && tokens.value instanceof Map ? tokens.value : new Map();
  const login = all.get(createHash('sha256').update(token).digest('hex'));
  // Before 4.1 a login was only the time of its end.
  const details: PhpArray = login instanceof Map ? login : new Map([['expiration', login ?? 0]]);
  return Number(details.get('expiration') ?? 0) >= now ? details : undefined;
}
