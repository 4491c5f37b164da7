// What goes wrong in a database, told without the values that went into a statement.

/** Thrown by a `Db`. Neither its message nor its cause holds a parameter's value. */
export class DatabaseError extends Error {
  /** MySQL's name such as ER_DUP_ENTRY, Node's such as ECONNREFUSED, or `aborted`, `parameter`, `statement`, `ended`. */
  readonly code: string;
  /** MySQL's number; undefined if the server did not say it. */
  readonly errno: number | undefined;
  /** The statement with its question marks; undefined if there was none. */
  readonly sql: string | undefined;

  constructor(code: string, message: string, details: { errno?: number; sql?: string } = {}) {
    super(message);
    this.name = 'DatabaseError';
    this.code = code;
    this.errno = details.errno;
    this.sql = details.sql;
  }
}

/** The server's text for these names objects of the schema at most; for others, such as ER_DUP_ENTRY, it quotes values. */
const QUOTABLE = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_BAD_FIELD_ERROR',
  'ER_BAD_NULL_ERROR',
  'ER_BAD_TABLE_ERROR',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  'ER_CON_COUNT_ERROR',
  'ER_DATA_TOO_LONG',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_NO_DEFAULT_FOR_FIELD',
  'ER_NO_SUCH_TABLE',
  'ER_NON_UNIQ_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
]);

/** What to do about an error that a setting of the handler's mends. */
const CURES: Readonly<Partial<Record<string, string>>> = {
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION:
    '; on GET and HEAD the database is read only, unless the handler says writes: true;',
};

/** Turns what mysql2 reports into a DatabaseError. `sql` is the statement as written, not as sent. */
export function asDatabaseError(error: unknown, sql?: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const errno = property(error, 'errno');
  // MariaDB's own number, whose name mysql2 does not know.
  const code = String(property(error, 'code') ?? (errno === 1969 ? 'ER_STATEMENT_TIMEOUT' : 'unknown'));
  const said = QUOTABLE.has(code)
    ? `: ${String(property(error, 'sqlMessage') ?? '')}${CURES[code] ?? ''}`
    : tlsReason(code, error);
  const where = sql === undefined ? '' : ` in: ${sql.trim().slice(0, 300)}`;
  return new DatabaseError(code, `${code}${said}${where}`, {
    ...(typeof errno === 'number' ? { errno } : {}),
    ...(sql === undefined ? {} : { sql }),
  });
}

/** Why a certificate was refused, which has no statement's values in it. */
function tlsReason(code: string, error: unknown): string {
  return code === 'HANDSHAKE_SSL_ERROR' ? `: ${String(property(error, 'message') ?? '')}` : '';
}

function property(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;
}
