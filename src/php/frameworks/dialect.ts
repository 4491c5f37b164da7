// What differs between PHP's plain sessions and those of a framework: one file of this folder for each. Pure: time, keys and
// what the request says come in.
import { jsonDecode } from '../json/decode.ts';
import { getPath } from '../path.ts';
import { failure, type Result, success } from '../result.ts';
import { type PhpArray, PhpObject, type PhpValue } from '../value.ts';

/** What a session's key and validity may depend on, besides its cookie. */
export type RequestFacts = {
  /** The Host that the visitor asked for. */
  readonly host: string;
  readonly method: string;
  readonly userAgent: string;
  /** The visitor's address. */
  readonly address: string;
  /** Seconds since 1970. */
  readonly now: number;
};

/** A session as it was read: its variables, and the columns of its row that the dialect asked for. */
export type DecodedSession = {
  readonly values: PhpArray;
  readonly columns: Readonly<Record<string, string>>;
};

/** Why a session's bytes cannot be read. */
export type Undecodable = { readonly message: string };

/** How one application keeps its sessions. */
export interface SessionDialect {
  /** Names the cookies that may hold the session's id, the first that is there counts. */
  cookieNames(facts: RequestFacts): readonly string[];
  /** Gives the key in the place, without its prefix; undefined for a cookie that PHP would not take. Never with a slash. */
  keyOf(cookie: string, name: string, facts: RequestFacts): string | undefined;
  /** Reads the bytes of the place. */
  decode(bytes: Uint8Array): Result<PhpArray, Undecodable>;
  /** Gives the variables as the application sees them; undefined for a session that it would refuse. */
  view(session: DecodedSession, facts: RequestFacts): PhpArray | undefined;
  /** Finds the id of the user who is logged in. */
  userOf(session: DecodedSession): string | undefined;
}

const SESSION_ID = /^[A-Za-z0-9,_-]{22,256}$/;

/** States that a text may be the id of a session. PHP makes 22 to 256 of these characters; frameworks use `_` as well. */
export function isSessionId(text: string): boolean {
  return SESSION_ID.test(text);
}

/** Finds the first path at which there is a user. */
export function userAt(values: PhpValue, paths: readonly (string | readonly string[])[]): string | undefined {
  for (const path of paths) {
    const user = userId(getPath(values, path));
    if (user !== undefined) return user;
  }
  return undefined;
}

/** Reads a user's id: a number or a text. What PHP calls empty (0, '0', '') is nobody. */
export function userId(value: PhpValue | undefined): string | undefined {
  const isId = typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
  const text = isId ? String(value) : '';
  return text === '' || text === '0' ? undefined : text;
}

/** Reads a JSON object or list as a session's variables. */
export function decodeJsonSession(bytes: Uint8Array): Result<PhpArray, Undecodable> {
  const value = jsonDecode(Buffer.from(bytes).toString('utf8'));
  if (value instanceof PhpObject) return success(value.properties);
  return value instanceof Map ? success(value) : failure({ message: 'a session that is no JSON object' });
}
