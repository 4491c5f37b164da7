// CodeIgniter 3: plain sessions under keys that may hold the visitor's address, with data that ends by itself.
// Sources: CodeIgniter 3.1 Session.php and its drivers.
import { createHash } from 'node:crypto';
import type { PhpArray, PhpValue } from '../value.ts';
import { type DecodedSession, isSessionId, type RequestFacts, type SessionDialect } from './dialect.ts';
import { checkedSessions, type PlainOptions } from './plain.ts';

/** What differs between applications. */
export type CodeIgniterOptions = PlainOptions & {
  /** $config['sess_match_ip']: a session counts only for the address that it began with. */
  readonly matchIp: boolean;
  /** Where an address stands: in a row's column, before the id, or hashed before the id. */
  readonly address: 'column' | 'key' | 'file';
};

/** The column of `ci_sessions` that holds the address. */
export const ADDRESS_COLUMN = 'ip_address';

/** Creates the dialect of a CodeIgniter 3 application. */
export function codeIgniterSessions(options: CodeIgniterOptions): SessionDialect {
  const { matchIp, address } = options;
  const isOwn = ({ columns }: DecodedSession, facts: RequestFacts) =>
    !matchIp || address !== 'column' || columns[ADDRESS_COLUMN] === facts.address;
  return {
    ...checkedSessions(options, (session, facts) =>
      isOwn(session, facts) ? withoutEnded(session.values, facts.now) : undefined,
    ),
    keyOf: (cookie, _name, facts) => {
      if (!isSessionId(cookie)) return undefined;
      return matchIp ? keyWithAddress(cookie, address, facts.address) : cookie;
    },
  };
}

function keyWithAddress(id: string, place: CodeIgniterOptions['address'], address: string): string {
  if (place === 'key') return `${address}:${id}`;
  return place === 'file' ? createHash('md5').update(address).digest('hex') + id : id;
}

/** Leaves out flash data that the page before has seen, and temporary data whose time is over. Source: _ci_init_vars. */
function withoutEnded(values: PhpArray, now: number): PhpArray {
  const marks = values.get('__ci_vars');
  if (!(marks instanceof Map)) return values;
  const isEnded = (mark: PhpValue | undefined) => mark === 'old' || (typeof mark === 'number' && mark < now);
  return new Map([...values].filter(([name]) => !isEnded(marks.get(name))));
}
