// What MYSQL_URL says of a connection's session: the statements that a PHP connection's bootstrap would have sent.

/**
 * Character sets in which a quote and a backslash are these bytes and never the second half of a character, on the server
 * and in mysql2's encoders (whose gb2312 is GBK): parameters are escaped before they are encoded.
 */
const SAFE_CHARSETS = new Set(
  (
    'utf8mb4 utf8 latin1 latin2 latin5 latin7 ascii cp850 cp852 cp866 cp1250 cp1251 cp1256 cp1257 koi8r koi8u greek hebrew ' +
    'macce macroman keybcs2 armscii8 geostd8 tis620 dec8 hp8 ujis eucjpms euckr'
  ).split(' '),
);

const ISOLATIONS = ['read-uncommitted', 'read-committed', 'repeatable-read', 'serializable'];

/** Variables that have an option of their own, that the edge sets itself, or that would make writes of reads. */
const TAKEN =
  /^(?:sql_mode|time_zone|character_set_.*|collation_.*|names|autocommit|.*read_only|t[a-z]*_isolation|max_statement_time|max_execution_time|sql_log_bin)$/;

/** The options of MYSQL_URL that this file reads, but for `var.NAME`. */
export const SESSION_OPTIONS = ['charset', 'collation', 'sql_mode', 'time_zone', 'isolation'] as const;

/** Reads a character set, utf8mb4 unless told; throws what `mistake` makes of it where escaping would not be safe in it. */
export function safeCharset(text: string | null, mistake: (message: string) => Error): string {
  const charset = (text ?? 'utf8mb4').toLowerCase();
  if (SAFE_CHARSETS.has(charset)) return charset;
  throw mistake(
    `charset=${charset} is not known, or parameters cannot be escaped safely in it; utf8mb4 and latin1 are among those that work`,
  );
}

/** Gives the character set of MYSQL_URL's options. Throws at start-up where escaping would not be safe in it. */
export function charsetOf(options: URLSearchParams): string {
  return safeCharset(options.get('charset'), (message) => new Error(`MYSQL_URL: ${message}`));
}

/** Gives the statements that make a new connection's session what the URL says. Throws at start-up if it cannot be said. */
export function sessionStatements(options: URLSearchParams): readonly string[] {
  const collation = options.get('collation');
  const names = `SET NAMES ${charsetOf(options)}${collation === null ? '' : ` COLLATE ${word('collation', collation)}`}`;
  const isolation = options.get('isolation');
  return [
    names,
    ...setting('sql_mode', sqlMode(options.get('sql_mode'))),
    ...setting('time_zone', options.get('time_zone')),
    ...(isolation === null ? [] : [`SET SESSION TRANSACTION ISOLATION LEVEL ${isolationLevel(isolation)}`]),
    ...[...options].flatMap(([name, value]) =>
      name.startsWith('var.') ? setting(variable(name.slice(4)), value) : [],
    ),
  ];
}

function setting(name: string, value: string | null): string[] {
  return value === null ? [] : [`SET SESSION ${name} = ${quoted(name, value)}`];
}

/** Numbers stay numbers: `SET group_concat_max_len = '4096'` is an error. */
function quoted(name: string, value: string): string {
  if (/^-?\d+(?:\.\d+)?$/.test(value) && name !== 'time_zone') return value;
  if (/^[\w ,.:+/-]*$/.test(value)) return `'${value}'`;
  throw new Error(`MYSQL_URL: ${name} may have letters, digits and _ , . : + / - only`);
}

function sqlMode(text: string | null): string | null {
  if (text === null || !/NO_BACKSLASH_ESCAPES/i.test(text)) return text;
  throw new Error(
    'MYSQL_URL: sql_mode must be without NO_BACKSLASH_ESCAPES, in which parameters cannot be escaped safely',
  );
}

function isolationLevel(text: string): string {
  const name = text.toLowerCase();
  if (ISOLATIONS.includes(name)) return name.replace('-', ' ').toUpperCase();
  throw new Error(`MYSQL_URL: isolation must be one of ${ISOLATIONS.join(', ')}`);
}

function variable(name: string): string {
  if (!TAKEN.test(name.toLowerCase())) return word('var.', name);
  throw new Error(`MYSQL_URL: var.${name} is set in another way, see docs/environment.md`);
}

function word(option: string, text: string): string {
  if (/^[A-Za-z]\w{0,63}$/.test(text)) return text;
  throw new Error(
    `MYSQL_URL: ${option} must be followed by a name such as ${option === 'var.' ? 'group_concat_max_len' : 'utf8mb4_unicode_ci'}`,
  );
}
