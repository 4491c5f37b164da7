// Reads mysql://user:password@host:port/database?charset=utf8mb4&sql_mode=...&connections=10&rows=php into mysql2's settings.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { PoolOptions, SslOptions } from 'mysql2';
import { reasonOf } from '../../reason.ts';
import { suggestion } from '../../suggest.ts';
import { phpTypeCast } from './rows.ts';
import { charsetOf, SESSION_OPTIONS, sessionStatements } from './session-settings.ts';

const OPTIONS = ['connections', 'rows', 'foundRows', 'socket', 'tls', 'ca', ...SESSION_OPTIONS];

/** What a URL says of connections: how to open one, and what to send on it first. */
export type MysqlSettings = {
  readonly pool: PoolOptions;
  readonly session: readonly string[];
};

/**
 * Gives the settings of connections that behave as PHP's mysqli: affected rows are changed rows, columns are text or null.
 * `rows=native` has mysql2's types instead, as far as they lose nothing. Throws at start-up if the URL is wrong.
 */
export function mysqlSettings(text: string): MysqlSettings {
  const url = parse(text);
  const options = url.searchParams;
  const rows = options.get('rows') ?? 'php';
  const connections = Number(options.get('connections') ?? 10);
  if (rows !== 'php' && rows !== 'native') throw new Error('MYSQL_URL: rows must be php or native');
  if (!Number.isInteger(connections) || connections < 1)
    throw new Error('MYSQL_URL: connections must be 1 or more');
  const ssl = tls(url);
  const pool: PoolOptions = {
    ...place(url),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    charset: charsetOf(options),
    connectionLimit: connections,
    connectTimeout: 2000,
    // mysql2 sets both, PHP neither by itself: the first changes affectedRows, the second sql_mode.
    flags: [countsFoundRows(options) ? '+FOUND_ROWS' : '-FOUND_ROWS', '-IGNORE_SPACE'],
    multipleStatements: false,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    decimalNumbers: false,
    ...(ssl ? { ssl } : {}),
    ...(rows === 'php' ? { typeCast: phpTypeCast } : {}),
  };
  return { pool, session: sessionStatements(options) };
}

/** States that `affectedRows` counts the rows that an UPDATE finds, as with PHP's MYSQLI_CLIENT_FOUND_ROWS. */
export function countsFoundRows(options: URLSearchParams): boolean {
  const found = options.get('foundRows') ?? 'off';
  if (found !== 'on' && found !== 'off') throw new Error('MYSQL_URL: foundRows must be on or off');
  return found === 'on';
}

/** PHP takes `localhost` for a socket; here the socket is named. */
function place(url: URL): Pick<PoolOptions, 'host' | 'port' | 'socketPath'> {
  const socket = url.searchParams.get('socket');
  if (socket === null) return { host: bare(url.hostname), port: Number(url.port || 3306) };
  if (socket.startsWith('/')) return { socketPath: socket };
  throw new Error('MYSQL_URL: socket must be a path such as /run/mysqld/mysqld.sock');
}

/**
 * A server whose certificate or name is another's is not talked to. Of an address no name can be checked: then only an
 * authority of one's own says enough.
 */
function tls({ hostname, searchParams }: URL): SslOptions | undefined {
  const ca = searchParams.get('ca');
  const wanted = searchParams.get('tls') ?? (ca === null ? 'off' : 'on');
  if (wanted !== 'on' && wanted !== 'off') throw new Error('MYSQL_URL: tls must be on or off');
  if (wanted === 'off') return undefined;
  const isNamed = isIP(bare(hostname)) === 0;
  if (!isNamed && ca === null)
    throw new Error(
      'MYSQL_URL: tls=on needs a host by name, or the authority that signed its certificate: ca=FILE',
    );
  return { rejectUnauthorized: true, verifyIdentity: isNamed, ...(ca === null ? {} : { ca: read(ca) }) };
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`MYSQL_URL: ca=${file} cannot be read (${reasonOf(error)})`);
  }
}

function parse(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'mysql:' || url.hostname === '')
    throw new Error('MYSQL_URL: it must look like mysql://user@host/database');
  const known = (name: string) => OPTIONS.includes(name) || name.startsWith('var.');
  const stranger = [...url.searchParams.keys()].find((name) => !known(name));
  if (stranger === undefined) return url;
  throw new Error(
    `MYSQL_URL: there is no option "${stranger}": ${suggestion(stranger, [...OPTIONS, 'var.NAME'])}`,
  );
}
