// CakePHP 2 to 5: plain sessions with a clock of their own inside, and, in 2, a check of the browser.
// Sources: cakephp 2.10 CakeSession, 3 to 5 Session; authentication 2 and 3 SessionAuthenticator.
import { createHash } from 'node:crypto';
import { getPath } from '../path.ts';
import type { PhpArray } from '../value.ts';
import type { DecodedSession, RequestFacts, SessionDialect } from './dialect.ts';
import { checkedSessions, type PlainOptions } from './plain.ts';

/** What differs between applications. */
export type CakeOptions = Omit<PlainOptions, 'userPaths'> & {
  readonly major: 2 | 3 | 4 | 5;
  /** Replaces the places where the framework's own login puts the user. */
  readonly userPaths: readonly string[] | undefined;
  /** Security.salt, for the check of the browser in 2; it is left out without one. */
  readonly salt: string | undefined;
  /** How long a session may lie unused, in seconds: session.gc_maxlifetime, which Session.timeout sets. */
  readonly lifetime: number;
};

/**
 * AuthComponent has `Auth.User`, the authentication plugin (4 and 5) `Auth`: an array, an entity (whose columns are in `_fields`,
 * before 4 in `_properties`), or an ArrayObject, which serializes its elements as 1.
 */
const USER_PATHS = {
  2: ['Auth.User.id'],
  3: ['Auth.User.id', 'Auth.User._properties.id'],
  4: ['Auth.id', 'Auth._fields.id', 'Auth.1.id', 'Auth.User.id', 'Auth.User._fields.id'],
  5: ['Auth.id', 'Auth._fields.id', 'Auth.1.id', 'Auth.User.id', 'Auth.User._fields.id'],
} as const;

/** Creates the dialect of a CakePHP application. */
export function cakeSessions(options: CakeOptions): SessionDialect {
  const userPaths = options.userPaths ?? USER_PATHS[options.major];
  return checkedSessions({ ...options, userPaths }, (session, facts) =>
    isValid(session, options, facts) ? session.values : undefined,
  );
}

function isValid({ values }: DecodedSession, options: CakeOptions, facts: RequestFacts): boolean {
  const time = Number(getPath(values, 'Config.time') ?? Number.NaN);
  if (options.major > 2) return Number.isNaN(time) || facts.now - time <= options.lifetime;
  if (!values.has('Config')) return true;
  return facts.now <= time && isSameBrowser(values, options.salt, facts.userAgent);
}

/** Says what CakePHP 2 notes of a browser: md5 of its name and Security.salt. */
export function cakeUserAgent(userAgent: string, salt: string): string {
  return createHash('md5')
    .update(userAgent + salt)
    .digest('hex');
}

function isSameBrowser(values: PhpArray, salt: string | undefined, userAgent: string): boolean {
  if (salt === undefined) return true;
  const expected = userAgent === '' ? '' : cakeUserAgent(userAgent, salt);
  return (getPath(values, 'Config.userAgent') ?? '') === expected;
}
