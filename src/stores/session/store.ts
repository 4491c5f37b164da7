// PHP's sessions, read only: no lock is taken and none is left behind. It never fails open: what cannot be read is said so.
import type { RequestFacts, SessionDialect } from '../../php/frameworks/dialect.ts';
import { parsePhpCookies } from '../../php/request/query.ts';
import { createPlace } from './create-place.ts';
import type { SessionPlace, StoredSession } from './place.ts';
import type { SessionRead } from './session.ts';
import { readSessionUrl } from './settings.ts';
import { Toucher } from './touch.ts';
import { createWordPressStore } from './wordpress.ts';

/** What a request says of itself. */
export type SessionRequest = Omit<RequestFacts, 'now'> & { readonly cookie: string | undefined };

/** Where PHP keeps its sessions. No promise rejects. */
export interface SessionStore {
  /** Reads the session that a request's cookie names. Sees what PHP wrote when its last request ended. */
  read(request: SessionRequest): Promise<SessionRead>;
  /** Ends the connections. */
  close(): void | Promise<void>;
}

/** What a store needs besides its URL. */
export type SessionStoreParts = {
  /** SESSION_KEY: the secrets of frameworks that sign or encrypt. */
  readonly key?: string | undefined;
  /** Hears of sessions that could not be renewed. */
  readonly onProblem?: (message: string) => void;
  /** The time in seconds since 1970. */
  readonly now?: () => number;
};

/** Creates the store for a SESSION_URL. Connects on first use. Throws at start-up if the URL is wrong. */
export function createSessionStore(url: string, parts: SessionStoreParts = {}): SessionStore {
  const settings = readSessionUrl(url, parts.key);
  const now = parts.now ?? (() => Date.now() / 1000);
  if (settings.presetName === 'wordpress') return createWordPressStore(settings, now);
  const place = createPlace(settings, now);
  const dialect = settings.preset.dialect(settings);
  const { lifetime } = settings;
  const touch = (key: string) => place.touch(key);
  const onProblem = parts.onProblem ?? (() => {});
  const toucher = settings.touch ? new Toucher({ touch, lifetime, now, onProblem }) : undefined;
  return {
    read: async (request) => {
      const facts = { ...request, now: Math.floor(now()) };
      const key = sessionKey(request.cookie, dialect, facts);
      if (key === undefined) return { kind: 'none' };
      const read = await readFrom(place, key, dialect, facts);
      if (read.kind === 'loaded') toucher?.found(key);
      return read;
    },
    close: () => place.close(),
  };
}

function sessionKey(
  header: string | undefined,
  dialect: SessionDialect,
  facts: RequestFacts,
): string | undefined {
  if (!header) return undefined;
  const cookies = parsePhpCookies(header);
  const name = dialect.cookieNames(facts).find((one) => cookies.has(one));
  const cookie = name === undefined ? undefined : cookies.get(name);
  return typeof cookie === 'string' && name !== undefined ? dialect.keyOf(cookie, name, facts) : undefined;
}

async function readFrom(
  place: SessionPlace,
  key: string,
  dialect: SessionDialect,
  facts: RequestFacts,
): Promise<SessionRead> {
  const stored = await place.read(key);
  if (!stored.ok) return { kind: 'unreadable', reason: stored.error.message };
  return stored.value === null ? { kind: 'absent' } : load(stored.value, dialect, facts);
}

function load({ bytes, columns }: StoredSession, dialect: SessionDialect, facts: RequestFacts): SessionRead {
  const decoded = dialect.decode(bytes);
  if (!decoded.ok) return { kind: 'unreadable', reason: decoded.error.message };
  const session = { values: decoded.value, columns };
  const values = dialect.view(session, facts);
  return values ? { kind: 'loaded', values, user: dialect.userOf(session) } : { kind: 'absent' };
}
