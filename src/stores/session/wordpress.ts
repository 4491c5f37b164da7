// WordPress's logins: the cookie's signature is checked against the user's row, its token against the user's logins.
import {
  isWordPressCookieAlive,
  isWordPressCookieGenuine,
  parseWordPressCookie,
  type WordPressCookie,
  wordPressCookieName,
  wordPressLogin,
} from '../../php/frameworks/wordpress.ts';
import { parsePhpCookies } from '../../php/request/query.ts';
import { mysqlServer } from './create-place.ts';
import { createSessionPool, query } from './places/mysql-table.ts';
import type { SessionRead } from './session.ts';
import type { SessionSettings } from './settings.ts';
import type { SessionStore } from './store.ts';

/**
 * Creates the store. A login's time is fixed when it begins: there is nothing to renew. Handlers see `ID`, `user_login` and what
 * WordPress notes of the login (`expiration`, `ip`, `ua`, `login`).
 */
export function createWordPressStore(settings: SessionSettings, now: () => number): SessionStore {
  const { options, prefix, timeoutMs, lifetime, keys } = settings;
  const site = options.text('site');
  const name = options.text('name') ?? (site === undefined ? undefined : wordPressCookieName(site));
  if (name === undefined)
    throw options.mistake(
      'preset=wordpress needs site=https://...: the siteurl of the options table, or name=...: the cookie',
    );
  const server = mysqlServer(settings, { prefix, timeoutMs, lifetime, now });
  const pool = createSessionPool(server);
  const sql = userStatement(prefix);
  const salt = keys[0] ?? '';
  return {
    read: async (request): Promise<SessionRead> => {
      const cookie = loginCookie(request.cookie, name);
      if (!cookie) return { kind: 'none' };
      const seconds = Math.floor(now());
      if (!isWordPressCookieAlive(cookie, request.method, seconds)) return { kind: 'absent' };
      const found = await query(pool, server, sql, [cookie.user]);
      if (!found.ok) return { kind: 'unreadable', reason: found.error.message };
      return login(cookie, found.value[0] as User | undefined, salt, seconds);
    },
    close: () => pool.end(),
  };
}

/** A user as the connection gives it: bytes, or null. */
type User = Readonly<Record<'ID' | 'user_login' | 'user_pass' | 'tokens', Buffer | null>>;

/** WordPress's tables are named by its prefix alone, which nobody but the operator chooses. */
function userStatement(prefix: string): string {
  const quoted = (table: string) => `\`${`${prefix}${table}`.replaceAll('`', '``')}\``;
  return `SELECT u.ID, u.user_login, u.user_pass, m.meta_value AS tokens FROM ${quoted('users')} u LEFT JOIN ${quoted('usermeta')} m ON m.user_id = u.ID AND m.meta_key = 'session_tokens' WHERE u.user_login = ? LIMIT 1`;
}

function loginCookie(header: string | undefined, name: string): WordPressCookie | undefined {
  const cookie = header ? parsePhpCookies(header).get(name) : undefined;
  return typeof cookie === 'string' ? parseWordPressCookie(cookie) : undefined;
}

function login(cookie: WordPressCookie, user: User | undefined, salt: string, now: number): SessionRead {
  if (!user || !isWordPressCookieGenuine(cookie, String(user.user_pass ?? ''), salt))
    return { kind: 'absent' };
  const details = user.tokens ? wordPressLogin(user.tokens, cookie.token, now) : undefined;
  if (!details) return { kind: 'absent' };
  const values = new Map([
    ...details,
    ['ID', Number(user.ID)],
    ['user_login', String(user.user_login)],
  ] as const);
  return { kind: 'loaded', values, user: String(user.ID) };
}
