// MySQL: whether it answers, and whether a handler's connection is what a PHP connection is.
import { maskUserInfo } from '../../mask.ts';
import { reasonOf } from '../../reason.ts';
import { createDatabase, type Db, list } from '../../stores/mysql/mysql.ts';
import { countsFoundRows } from '../../stores/mysql/url.ts';
import { PATIENCE_MS, within } from './deadline.ts';
import { about, type Finding } from './finding.ts';
import type { PhpMysql } from './php-side.ts';

const { ok, warning, problem, skipped } = about('mysql');

/** The variables that decide what a statement gives, with the option of MYSQL_URL that sets each. */
const VARIABLES: Readonly<Record<string, string>> = {
  sql_mode: 'sql_mode',
  time_zone: 'time_zone',
  character_set_client: 'charset',
  character_set_results: 'charset',
  collation_connection: 'collation',
  tx_isolation: 'isolation',
  transaction_isolation: 'isolation',
  group_concat_max_len: 'var.group_concat_max_len',
  sql_big_selects: 'var.sql_big_selects',
  div_precision_increment: 'var.div_precision_increment',
  sql_select_limit: 'var.sql_select_limit',
  foreign_key_checks: 'var.foreign_key_checks',
  lc_time_names: 'var.lc_time_names',
  default_week_format: 'var.default_week_format',
};

/** What was found, and how far the server's clock is from ours, in milliseconds. */
export type MysqlFound = { readonly findings: readonly Finding[]; readonly skewMs: number | undefined };

/** Asks MySQL as handlers do, and holds it beside what PHP has. */
export async function lookAtMysql(url: string | undefined, php: PhpMysql | undefined): Promise<MysqlFound> {
  if (url === undefined)
    return { findings: [skipped('connection', 'MYSQL_URL is not set.')], skewMs: undefined };
  let database: ReturnType<typeof createDatabase>;
  try {
    database = createDatabase(url);
  } catch (error) {
    return { findings: [problem('connection', reasonOf(error))], skewMs: undefined };
  }
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const db = database.forRequest({ readOnly: true, signal, timeoutMs: PATIENCE_MS });
    const found = await look(db, maskUserInfo(url), php);
    const counts = php ? [countedRows(php, countsFoundRows(new URL(url).searchParams))] : [];
    return { ...found, findings: [...found.findings, ...counts] };
  } catch (error) {
    const cure = 'Is the server up, and is MYSQL_URL right: account, host, port, database?';
    return {
      findings: [problem('connection', `${maskUserInfo(url)}: ${reasonOf(error)}`, cure)],
      skewMs: undefined,
    };
  } finally {
    await within(database.close(), 1000).catch(() => {});
  }
}

async function look(db: Db, url: string, php: PhpMysql | undefined): Promise<MysqlFound> {
  const names = [...Object.keys(VARIABLES), 'hostname', 'port', 'server_id', 'version'];
  const rows = await db.many<{ Variable_name: string; Value: string }>(
    'SHOW SESSION VARIABLES WHERE Variable_name IN (?)',
    [list(names)],
  );
  const ours = new Map(rows.map(({ Variable_name, Value }) => [Variable_name, Value]));
  const before = Date.now();
  const at = await db.one<{ unix: string; name: string | null }>(
    'SELECT UNIX_TIMESTAMP(NOW(6)) AS unix, DATABASE() AS name',
  );
  const skewMs = Number(at?.unix) * 1000 - (before + Date.now()) / 2;
  const answers = ok('connection', `${url} answers: ${ours.get('version')}.`);
  return { findings: [answers, ...beside(ours, at?.name ?? null, php)], skewMs };
}

function beside(
  ours: ReadonlyMap<string, string>,
  database: string | null,
  php: PhpMysql | undefined,
): Finding[] {
  if (!php) return [skipped('session', 'Not held beside a PHP connection: no probe, or no $mysql in it.')];
  return [...place(ours, database, php), ...session(ours, php)];
}

function place(ours: ReadonlyMap<string, string>, database: string | null, php: PhpMysql): Finding[] {
  const where = (variables: (name: string) => string | undefined) =>
    ['hostname', 'port', 'server_id'].map((name) => variables(name) ?? '').join(' ');
  const here = `${where((name) => ours.get(name))} ${database}`;
  const there = `${where((name) => php.variables[name])} ${php.database}`;
  if (here === there) return [ok('place', `PHP uses the same database, "${database}".`)];
  const text = `PHP is connected to "${there}", handlers to "${here}" (host, port, server_id, database).`;
  return [
    warning(
      'place',
      text,
      'Write the server and the database of PHP in MYSQL_URL, unless one is the other one’s replica.',
    ),
  ];
}

function session(ours: ReadonlyMap<string, string>, php: PhpMysql): Finding[] {
  const differing = Object.keys(VARIABLES).filter((name) => {
    const theirs = php.variables[name];
    return theirs !== undefined && ours.has(name) && ours.get(name) !== theirs;
  });
  if (differing.length === 0) return [ok('session', 'The session is that of a PHP connection.')];
  return differing.map((name) => {
    const theirs = php.variables[name] ?? '';
    const text = `${name} is "${theirs}" in PHP, "${ours.get(name)}" in handlers.`;
    return problem(name, text, `Write in MYSQL_URL: ${option(VARIABLES[name] ?? name, theirs)}`);
  });
}

function option(name: string, value: string): string {
  const written = name === 'isolation' ? value.toLowerCase() : value;
  return `${name}=${encodeURIComponent(written).replaceAll('%2C', ',').replaceAll('%2F', '/').replaceAll('%3A', ':')}`;
}

function countedRows({ unchanged }: PhpMysql, weFind: boolean): Finding {
  if (typeof unchanged !== 'number')
    return skipped('affected_rows', `How PHP counts affected rows could not be seen: ${unchanged.error}`);
  const say = (finds: boolean) =>
    finds ? 'the rows that an UPDATE finds' : 'the rows that an UPDATE changes';
  const text = `PHP counts ${say(unchanged === 1)}`;
  if (weFind === (unchanged === 1)) return ok('affected_rows', `${text}, and so do handlers.`);
  const cure = `Write in MYSQL_URL: foundRows=${unchanged === 1 ? 'on' : 'off'}`;
  return problem('affected_rows', `${text}, handlers ${say(weFind)}.`, cure);
}
