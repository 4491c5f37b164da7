// MYSQL_URL: what it makes of a connection, and what it refuses at start-up.
import { describe, expect, test } from 'vitest';
import { mysqlSettings } from '../../../src/stores/mysql/url.ts';

const session = (options: string) => mysqlSettings(`mysql://a/x?${options}`).session;

test('reads a URL with everything escaped', () => {
  const { pool } = mysqlSettings('mysql://us%40er:p%3Aw@db:3307/na%2Fme?connections=3&charset=latin1');
  expect(pool).toMatchObject({
    host: 'db',
    port: 3307,
    user: 'us@er',
    password: 'p:w',
    database: 'na/me',
    connectionLimit: 3,
    charset: 'latin1',
  });
});

test('a socket stands in place of host and port', () => {
  const { pool } = mysqlSettings('mysql://u@localhost/x?socket=/run/mysqld/mysqld.sock');
  expect(pool).toMatchObject({ socketPath: '/run/mysqld/mysqld.sock' });
  expect(pool).not.toHaveProperty('host');
});

test('TLS is with a server whose certificate and name are right, or not at all', () => {
  expect(mysqlSettings('mysql://a/x').pool).not.toHaveProperty('ssl');
  expect(mysqlSettings('mysql://a/x?tls=on').pool.ssl).toEqual({
    rejectUnauthorized: true,
    verifyIdentity: true,
  });
  expect(() => mysqlSettings('mysql://127.0.0.1/x?tls=on')).toThrow('ca=FILE');
  expect(mysqlSettings(`mysql://127.0.0.1/x?ca=${import.meta.filename}`).pool.ssl).toMatchObject({
    verifyIdentity: false,
  });
  expect(mysqlSettings(`mysql://a/x?ca=${import.meta.filename}`).pool.ssl).toMatchObject({
    verifyIdentity: true,
    ca: expect.stringContaining('what it makes of a connection'),
  });
});

describe('the session', () => {
  test('has the character set that PHP sets, and its default collation unless another is named', () => {
    expect(session('')).toEqual(['SET NAMES utf8mb4']);
    expect(session('charset=LATIN1&collation=latin1_german1_ci')).toEqual([
      'SET NAMES latin1 COLLATE latin1_german1_ci',
    ]);
  });

  test('has the variables that PHP sets, numbers as numbers', () => {
    expect(
      session(
        'sql_mode=NO_ZERO_DATE,STRICT_ALL_TABLES&time_zone=Europe/Berlin&isolation=read-committed&var.group_concat_max_len=4096&var.sql_big_selects=ON',
      ).slice(1),
    ).toEqual([
      "SET SESSION sql_mode = 'NO_ZERO_DATE,STRICT_ALL_TABLES'",
      "SET SESSION time_zone = 'Europe/Berlin'",
      'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
      'SET SESSION group_concat_max_len = 4096',
      "SET SESSION sql_big_selects = 'ON'",
    ]);
    expect(session('sql_mode=&time_zone=%2B02:00').slice(1)).toEqual([
      "SET SESSION sql_mode = ''",
      "SET SESSION time_zone = '+02:00'",
    ]);
  });
});

describe('refuses at start-up', () => {
  test.each(['', 'http://a', 'mysql:///x'])('the address %j', (url) => {
    expect(() => mysqlSettings(url)).toThrow('MYSQL_URL: ');
  });

  test.each([
    'rows=x',
    'connections=0',
    'flags=1',
    'tls=maybe',
    'tls=on&socket=x',
    'ca=/nowhere/ca.pem',
    'socket=run/x',
    'isolation=none',
    "time_zone=x'",
    'time_zone=a%5C',
    'collation=x%20y',
    'var.=1',
    'var.a-b=1',
    'var.group_concat_max_len=1;DROP',
    "var.x='",
    'var.sql_mode=ANSI',
    'var.autocommit=0',
    'var.tx_read_only=0',
    'var.character_set_client=gbk',
  ])('the option %s', (option) => {
    expect(() => mysqlSettings(`mysql://a/x?${option}`)).toThrow('MYSQL_URL: ');
  });

  test.each(['big5', 'cp932', 'gbk', 'GB18030', 'sjis', 'gb2312', 'ucs2', 'utf16', 'swe7', 'nonsense'])(
    'the character set %s, in which a backslash can be half a character',
    (charset) => {
      expect(() => mysqlSettings(`mysql://a/x?charset=${charset}`)).toThrow('escaped safely');
    },
  );

  test.each(['NO_BACKSLASH_ESCAPES', 'ansi_quotes,no_backslash_escapes'])('the mode %s', (mode) => {
    expect(() => mysqlSettings(`mysql://a/x?sql_mode=${mode}`)).toThrow('escaped safely');
  });
});
