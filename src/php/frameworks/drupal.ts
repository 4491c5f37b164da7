// Drupal: the cookie's name hides the site, the table the session's id. Sources: drupal 11 SessionConfiguration, SessionHandler
// and Cookie (authentication); drupal 7 includes/session.inc.
import { createHash } from 'node:crypto';
import { isSessionId, type SessionDialect, userAt, userId } from './dialect.ts';
import { type PlainOptions, plainSessions } from './plain.ts';
import { symfonyAttributes } from './symfony.ts';

/** What differs between applications. */
export type DrupalOptions = Omit<PlainOptions, 'userPaths' | 'name'> & {
  readonly major: 7 | 8;
  /** The cookie, if it is not to be found out. */
  readonly name: string | undefined;
  /** What the cookie's name is made of: the cookie domain, or the host with the site's folder. The Host unless said. */
  readonly site: string | undefined;
  /** Whether ids are hashed in the table: always since 8, in 7 since its later releases. */
  readonly hashed: boolean;
  /** Where the user's id is, if not where Drupal has it. */
  readonly userPaths: readonly string[] | undefined;
};

/** The column of Drupal 7's table that says who is logged in. */
export const USER_COLUMN = 'uid';

/** Creates the dialect of a Drupal site. */
export function drupalSessions(options: DrupalOptions): SessionDialect {
  const { major, name, site, hashed, userPaths } = options;
  const paths = userPaths ?? ['_sf2_attributes.uid'];
  const isInRow = major === 7 && userPaths === undefined;
  return {
    ...plainSessions({ ...options, name: '', userPaths: paths }),
    cookieNames: (facts) => (name === undefined ? drupalCookies(site ?? hostOf(facts.host)) : [name]),
    keyOf: (cookie) => {
      if (cookie === '' || cookie.length > 256) return undefined;
      if (hashed) return hashBase64(cookie);
      return isSessionId(cookie) ? cookie : undefined;
    },
    view: ({ values }) => (major === 7 ? values : symfonyAttributes(values)),
    userOf: ({ values, columns }) => (isInRow ? userId(columns[USER_COLUMN]) : userAt(values, paths)),
  };
}

/** Names the cookies of a site, that of https first. */
export function drupalCookies(site: string): readonly string[] {
  const name = createHash('sha256').update(site).digest('hex').slice(0, 32);
  return [`SSESS${name}`, `SESS${name}`];
}

/** Hashes as Drupal's Crypt::hashBase64. */
export function hashBase64(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Request::getHost: lower case, without the port. */
function hostOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}
