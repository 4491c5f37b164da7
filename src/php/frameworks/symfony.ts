// Symfony: everything in bags inside of `$_SESSION`; who is logged in is a serialized token among the attributes.
// Sources: symfony/http-foundation AttributeBag, symfony/security-core AbstractToken, symfony/security-http ContextListener.
import { unserialize } from '../formats/unserialize.ts';
import { getPath } from '../path.ts';
import { type PhpArray, PhpObject, type PhpValue } from '../value.ts';
import { type SessionDialect, userAt } from './dialect.ts';
import { type PlainOptions, plainSessions } from './plain.ts';

/** What differs between applications. */
export type SymfonyOptions = Omit<PlainOptions, 'userPaths'> & {
  /** The firewall whose user counts. */
  readonly firewall: string;
  /** Properties of the user's object that may be its id. */
  readonly userPaths: readonly string[] | undefined;
};

const ATTRIBUTES = '_sf2_attributes';
const USER_PROPERTIES = ['id', 'username', 'email'];

/** Creates the dialect of a Symfony application: paths begin at its attributes. */
export function symfonySessions(options: SymfonyOptions): SessionDialect {
  const userPaths = options.userPaths ?? USER_PROPERTIES;
  return {
    ...plainSessions({ ...options, userPaths: [] }),
    view: ({ values }) => symfonyAttributes(values),
    userOf: ({ values }) => {
      const token = getPath(values, [ATTRIBUTES, `_security_${options.firewall}`]);
      const user = token === undefined ? undefined : userInToken(token);
      return user && userAt(user, userPaths);
    },
  };
}

/** Gives the attributes among a session's bags; none where Symfony has not written any yet. */
export function symfonyAttributes(values: PhpArray): PhpArray {
  const attributes = values.get(ATTRIBUTES);
  return attributes instanceof Map ? attributes : new Map();
}

/** A token is an object whose first array with an object in it has the user first: `[user, ..., attributes, roles]`. */
function userInToken(text: PhpValue): PhpObject | undefined {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const token = bytes instanceof Uint8Array ? unserialize(bytes) : undefined;
  return token?.ok && token.value instanceof PhpObject ? firstObject(token.value.properties) : undefined;
}

/** Looks into every array once: references may lead in circles. */
function firstObject(values: PhpArray, seen = new Set<PhpArray>()): PhpObject | undefined {
  if (seen.has(values)) return undefined;
  seen.add(values);
  for (const value of values.values()) {
    if (value instanceof PhpObject) return value;
    const inner = value instanceof Map ? firstObject(value, seen) : undefined;
    if (inner) return inner;
  }
  return undefined;
}
