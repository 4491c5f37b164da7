// A connection's session beside that of a real PHP connection, on a server whose defaults are unfriendly, over TLS and sockets.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServices } from '../../../scripts/services.js';
import { repairDoubleEncoded } from '../../../src/php/text/double-encoded.ts';
import { createDatabase, type Database, type Db } from '../../../src/stores/mysql/mysql.ts';
import { createSessionStore } from '../../../src/stores/session/store.ts';
import { asking } from '../../stores/session/asking.ts';

const PARENT = fileURLToPath(new URL('../../../.banyan', import.meta.url));
const signal = new AbortController().signal;
const opened: Database[] = [];
let folder: string;
let services: Awaited<ReturnType<typeof startServices>>;
let root: Db;

function open(url: string): Db {
  const database = createDatabase(url);
  opened.push(database);
  return database.forRequest({ readOnly: false, signal, timeoutMs: 30_000 });
}

beforeAll(async () => {
  mkdirSync(PARENT, { recursive: true });
  folder = realpathSync(mkdtempSync(join(PARENT, 'test-mysql-')));
  chmodSync(folder, 0o755);
  const file = (name: string) => join(folder, name);
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const made = ['-keyout', file('key.pem'), '-out', file('cert.pem')];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...made],
    {
      stdio: 'ignore',
    },
  );
  chmodSync(file('key.pem'), 0o644);
  services = await startServices({
    directory: join(folder, 'services'),
    keep: false,
    parts: ['mariadb'],
    mariadbOptions: [`--ssl-cert=${file('cert.pem')}`, `--ssl-key=${file('key.pem')}`],
  });
  const { password } = new URL(services.mysqlUrl);
  root = open(`mysql://root:${password}@localhost/bookshop?socket=${join(folder, 'services/mariadb.sock')}`);
}, 60_000);

afterAll(async () => {
  for (const database of opened) await database.close();
  await services?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const STATE = `SELECT @@sql_mode AS sql_mode, @@time_zone AS time_zone, @@character_set_client AS client,
  @@character_set_connection AS connection, @@character_set_results AS results, @@collation_connection AS collation,
  @@tx_isolation AS isolation, @@group_concat_max_len AS concat_len`;

/** Runs PHP with `$db` connected as the bookshop connects. */
function php(code: string): string {
  const url = new URL(services.mysqlUrl);
  const connect = `$db = mysqli_connect("${url.hostname}", "${url.username}", "${url.password}", "bookshop", ${url.port});`;
  return execFileSync(services.php, ['-r', connect + code]).toString();
}

/** Has the server begin every session so; not by a handler's SQL, where that is refused. */
function giveUpBackslashes(): void {
  execFileSync(services.php, [
    '-r',
    `$db = mysqli_connect(null, "root", "${new URL(services.mysqlUrl).password}", null, 0, "${join(folder, 'services/mariadb.sock')}");
     $db->query("SET GLOBAL sql_mode = CONCAT(@@GLOBAL.sql_mode, ',NO_BACKSLASH_ESCAPES')");`,
  ]);
}

describe('the session', () => {
  test.each([
    [
      'of an application that sets its character set',
      'mysqli_set_charset($db, "utf8mb4");',
      '?charset=utf8mb4',
    ],
    ['of one that speaks Latin-1', 'mysqli_set_charset($db, "latin1");', '?charset=latin1'],
    [
      'of one that sets everything',
      `$db->query("SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci"); $db->query("SET sql_mode='ALLOW_INVALID_DATES,NO_ZERO_DATE'");
       $db->query("SET time_zone='+02:00'"); $db->query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"); $db->query("SET group_concat_max_len=4096");`,
      '?collation=utf8mb4_unicode_ci&sql_mode=ALLOW_INVALID_DATES,NO_ZERO_DATE&time_zone=%2B02:00&isolation=read-committed&var.group_concat_max_len=4096',
    ],
  ])('is that %s', async (_, bootstrap, options) => {
    const legacy = php(`${bootstrap} echo json_encode($db->query(${JSON.stringify(STATE)})->fetch_assoc());`);
    expect(await open(services.mysqlUrl + options).one(STATE)).toEqual(JSON.parse(legacy));
  });

  test('has no NO_BACKSLASH_ESCAPES, even where the server begins every session with it', async () => {
    await root.execute('SET GLOBAL max_allowed_packet = @@max_allowed_packet').catch(() => {});
    const mode = (await root.one('SELECT @@GLOBAL.sql_mode AS mode'))?.mode;
    giveUpBackslashes();
    expect(php('echo $db->query("SELECT @@sql_mode")->fetch_row()[0];')).toContain('NO_BACKSLASH_ESCAPES');
    const db = open(services.mysqlUrl);
    for (const text of ["\\' OR 1=1 -- ", '\\', "'", 'a\\\'b"', "\\\\'"])
      expect(await db.one('SELECT ? AS v, ? AS w', [text, text])).toEqual({
        v: text,
        w: text,
      });
    expect((await db.one('SELECT @@sql_mode AS mode'))?.mode).toBe(mode);
    // A new connection of the same pool, after the first was given up.
    await db.execute('SET @left = 1');
    expect((await db.one('SELECT @@sql_mode AS mode'))?.mode).toBe(mode);
  });
});

test('a login cookie of WordPress is no SQL, even where the server begins every session with NO_BACKSLASH_ESCAPES', async () => {
  giveUpBackslashes();
  await root.execute('CREATE TABLE wp_users (ID BIGINT, user_login VARCHAR(60), user_pass VARCHAR(255))');
  await root.execute('CREATE TABLE wp_usermeta (user_id BIGINT, meta_key VARCHAR(255), meta_value LONGTEXT)');
  const url = `${services.mysqlUrl}?preset=wordpress&name=login&timeout=10s`;
  const store = createSessionStore(url, { key: 'LOGGED_IN_KEY,LOGGED_IN_SALT' });
  // Whoever gets a row of his own making in could say who he is; this one would only be unreadable.
  const login = "' UNION SELECT EXTRACTVALUE(1, CONCAT('!', VERSION())), 1, 1, 1 -- ";
  const cookie = `login=${encodeURIComponent(`${login}|${Math.ceil(Date.now() / 1000) + 60}|token|signature`)}`;
  expect(await store.read(asking(cookie))).toEqual({ kind: 'absent' });
  await store.close();
});

describe('TLS', () => {
  const at = (host: string, options: string) => open(services.mysqlUrl.replace('127.0.0.1', host) + options);
  const cipher = async (db: Db) => (await db.one("SHOW STATUS LIKE 'Ssl_cipher'"))?.Value;

  test('is used with a server whose certificate is known', async () => {
    const options = `?ca=${join(folder, 'cert.pem')}`;
    expect(await cipher(at('localhost', options))).toMatch(/\w/);
    expect(await cipher(at('127.0.0.1', options))).toMatch(/\w/);
    expect(await cipher(at('localhost', ''))).toBe('');
  });

  test('refuses a server whose certificate nobody vouches for, or that has another name', async () => {
    await expect(at('localhost', '?tls=on').one('SELECT 1')).rejects.toThrow('self-signed certificate');
    const misnamed = at('127.1', `?ca=${join(folder, 'cert.pem')}`);
    await expect(misnamed.one('SELECT 1')).rejects.toThrow('HANDSHAKE_SSL_ERROR');
  });
});

test('text that PHP has encoded twice is repaired, here and in SQL', async () => {
  const text = 'café € “Zoë” 🌳';
  const db = open(services.mysqlUrl);
  await db.execute('CREATE TABLE twice (t TEXT) CHARACTER SET utf8mb4');
  php(`mysqli_set_charset($db, "latin1"); $db->query("INSERT INTO twice VALUES ('${text}')");`);
  const sql =
    'SELECT t, CONVERT(CAST(CONVERT(t USING latin1) AS BINARY) USING utf8mb4) AS repaired FROM twice';
  const row = await db.one<{ t: string; repaired: string }>(sql);
  expect(row?.t).not.toBe(text);
  expect(repairDoubleEncoded(row?.t ?? '')).toBe(text);
  expect(row?.repaired).toBe(text);
});
