// PHP's own sessions, and those of frameworks that only name things differently.
import { decodeSession, type SessionFormat } from '../formats/session-format.ts';
import { type Result, success } from '../result.ts';
import type { PhpArray } from '../value.ts';
import {
  type DecodedSession,
  decodeJsonSession,
  isSessionId,
  type RequestFacts,
  type SessionDialect,
  type Undecodable,
  userAt,
} from './dialect.ts';

/** What differs between applications with plain sessions. */
export type PlainOptions = {
  /** The cookie: session.name. */
  readonly name: string;
  /** session.serialize_handler, or json for what some frameworks write. */
  readonly serializer: SessionFormat | 'json';
  /** Where the user's id may be, the first that is there counts. */
  readonly userPaths: readonly (string | readonly string[])[];
};

/** Creates the dialect of an application that uses `$_SESSION` as it is. */
export function plainSessions({ name, serializer, userPaths }: PlainOptions): SessionDialect {
  return {
    cookieNames: () => [name],
    keyOf: (cookie) => (isSessionId(cookie) ? cookie : undefined),
    decode: (bytes) => decodeBytes(bytes, serializer),
    view: ({ values }) => values,
    userOf: ({ values }) => userAt(values, userPaths),
  };
}

/** Reads a session's bytes; the failure names the place in them. */
export function decodeBytes(
  bytes: Uint8Array,
  serializer: PlainOptions['serializer'],
): Result<PhpArray, Undecodable> {
  if (bytes.length === 0) return success(new Map());
  if (serializer === 'json') return decodeJsonSession(bytes);
  const decoded = decodeSession(bytes, serializer);
  if (decoded.ok) return decoded;
  return { ok: false, error: { message: `${decoded.error.message} at byte ${decoded.error.offset}` } };
}

/** Creates the dialect of an application that puts its own checks on top of plain sessions. */
export function checkedSessions(
  options: PlainOptions,
  view: (session: DecodedSession, facts: RequestFacts) => PhpArray | undefined,
): SessionDialect {
  return { ...plainSessions(options), view };
}
