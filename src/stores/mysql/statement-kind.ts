// What kind of statement a handler sends: one that it must not send, one after which its connection serves nobody else, or neither.

const TRANSACTION = /^(?:START|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|LOCK|UNLOCK|XA)\b/i;
const PREPARED = /^(?:PREPARE|EXECUTE|DEALLOCATE)\b/i;
const SETS_TRANSACTION = /^SET\b[\s\S]*(?:TRANSACTION|READ_ONLY|AUTOCOMMIT)\b/i;
const SETS_TEXT =
  /^SET\b[\s\S]*(?:\bNAMES\b|\bCHARSET\b|\bCHARACTER\s+SET\b|SQL_MODE|CHARACTER_SET|COLLATION)/i;

/** All others may do anything, such as `CALL`, `SET`, `USE`, `HANDLER`, `FLUSH` and MariaDB's blocks. */
const ORDINARY =
  /^(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|VALUES|TABLE|SHOW|DESC|DESCRIBE|EXPLAIN|TRUNCATE|CREATE|ALTER|DROP|RENAME|ANALYZE|OPTIMIZE|CHECK|CHECKSUM)\b/i;
const LASTING = /\bGET_LOCK(?:\s|\/\*[\s\S]*?\*\/)*\(|:=|\bINTO\s+@|\bTEMPORARY\b|\/\*M?!/i;

/** Says what to do instead of sending a statement; undefined if it may be sent. */
export function refusal(sql: string): string | undefined {
  const text = head(sql);
  if (TRANSACTION.test(text) || SETS_TRANSACTION.test(text)) return 'use db.transaction() instead';
  if (PREPARED.test(text)) return 'send the statement itself';
  // Escaping relies on both, so nothing may change them between two statements.
  if (SETS_TEXT.test(text)) return 'write character set and sql_mode in MYSQL_URL';
  return undefined;
}

/** States that a statement may leave something behind in its connection, which then must not serve another request. */
export function leavesTraces(sql: string): boolean {
  return !ORDINARY.test(head(sql)) || LASTING.test(sql);
}

function head(sql: string): string {
  return sql.replace(/^(?:\s+|--(?:\s.*|$)|#.*|\/\*[\s\S]*?\*\/|\()+/, '');
}
