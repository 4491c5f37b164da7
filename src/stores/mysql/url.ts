// Reads mysql://user:password@host:port/database?charset=utf8mb4&connections=10&rows=php into mysql2's settings.
import type { PoolOptions } from 'mysql2';
import { phpTypeCast } from './rows.ts';

const OPTIONS = ['charset', 'connections', 'rows'];

/**
 * Gives the settings of a pool that behaves as PHP's mysqli: affected rows are changed rows, columns are text or null.
 * `rows=native` has mysql2's types instead, as far as they lose nothing. Throws at start-up if the URL is wrong.
 */
export function poolOptions(text: string): PoolOptions {
  const url = parse(text);
  const rows = url.searchParams.get('rows') ?? 'php';
  const connections = Number(url.searchParams.get('connections') ?? 10);
  if (rows !== 'php' && rows !== 'native') throw new Error('MYSQL_URL: rows must be php or native');
  if (!Number.isInteger(connections) || connections < 1)
    throw new Error('MYSQL_URL: connections must be 1 or more');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    charset: url.searchParams.get('charset') ?? 'utf8mb4',
    connectionLimit: connections,
    connectTimeout: 2000,
    // mysql2 sets both, PHP neither: the first changes affectedRows, the second sql_mode.
    flags: ['-FOUND_ROWS', '-IGNORE_SPACE'],
    multipleStatements: false,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    decimalNumbers: false,
    ...(rows === 'php' ? { typeCast: phpTypeCast } : {}),
  };
}

function parse(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'mysql:' || url.hostname === '')
    throw new Error('MYSQL_URL: it must look like mysql://user@host/database');
  const stranger = [...url.searchParams.keys()].find((name) => !OPTIONS.includes(name));
  if (stranger === undefined) return url;
  throw new Error(`MYSQL_URL: the option "${stranger}" is not one of ${OPTIONS.join(', ')}`);
}
