// Parameters: only scalars get in, each where a question mark stands, and nothing gets out of its quotes.
import { describe, expect, test } from 'vitest';
import { asDatabaseError, DatabaseError } from '../../../src/stores/mysql/error.ts';
import { bind, leavesTraces, list, type Parameter } from '../../../src/stores/mysql/parameters.ts';
import { poolOptions } from '../../../src/stores/mysql/url.ts';

describe('bind', () => {
  test.each<[string, Parameter[], string]>([
    ['SELECT ?', ['x'], "SELECT 'x'"],
    ['SELECT ?, ?, ?', [1, 2n, -0.5], 'SELECT 1, 2, -0.5'],
    ['SELECT ?, ?, ?', [true, false, null], 'SELECT 1, 0, NULL'],
    ['SELECT ?', ["a'b\\"], "SELECT 'a\\'b\\\\'"],
    ['SELECT ?', [Buffer.from([0, 255])], "SELECT X'00ff'"],
    ['SELECT ? IN (?)', [1, list([1, 'a'])], "SELECT 1 IN (1, 'a')"],
    ["SELECT '?', \"?\", `?`, 'it''s ?', 'a\\'?', ?", [1], "SELECT '?', \"?\", `?`, 'it''s ?', 'a\\'?', 1"],
    ['SELECT ? -- ?\n, ? # ?\n /* ? */', [1, 2], 'SELECT 1 -- ?\n, 2 # ?\n /* ? */'],
    ['SELECT 1--?', [1], 'SELECT 1--1'],
    ['SELECT ?', ['?'], "SELECT '?'"],
    ['SELECT ?', ['$&'], "SELECT '$&'"],
    ['SELECT 1', [], 'SELECT 1'],
  ])('puts parameters into %j', (sql, parameters, text) => {
    expect(bind(sql, parameters)).toBe(text);
  });

  const hostile: [string, unknown][] = [
    ['an array', ['1', '2']],
    ['an object', { id: 1 }],
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['a date', new Date(0)],
    ['a Map', new Map()],
    ['a function', () => 1],
  ];

  test.each(hostile)('refuses %s without naming its value', (_, value) => {
    const parameters: Parameter[] = JSON.parse('[]');
    Reflect.set(parameters, 0, value);
    expect(() => bind('SELECT ?', parameters)).toThrow(/parameter 1 must be a scalar/);
  });

  test.each<[string, Parameter[]]>([
    ['SELECT ?', []],
    ['SELECT ?', [1, 2]],
    ["SELECT '?'", [1]],
  ])('refuses for %j the parameters %j', (sql, parameters) => {
    expect(() => bind(sql, parameters)).toThrow(/question marks for/);
  });

  test('refuses an empty list', () => {
    expect(() => list([])).toThrow(DatabaseError);
  });

  test.each([
    'BEGIN',
    ' start transaction',
    '/* x */ COMMIT',
    '(ROLLBACK',
    '-- x\nLOCK TABLES a WRITE',
    'SET autocommit = 0',
    'SET SESSION TRANSACTION READ WRITE',
  ])('refuses %j: transactions have a call of their own', (sql) => {
    expect(() => bind(sql)).toThrow(/db\.transaction/);
  });
});

test.each<[string, boolean]>([
  ["SET time_zone = '+00:00'", true],
  ["SELECT GET_LOCK('a', 1)", true],
  ['SELECT @a := 1', true],
  ['CREATE TEMPORARY TABLE t (a INT)', true],
  ['SELECT settings FROM users', false],
  ['UPDATE users SET name = ?', false],
])('knows whether %j leaves something behind in its connection: %s', (sql, expected) => {
  expect(leavesTraces(sql)).toBe(expected);
});

test('tells what a server reported without the values it quotes', () => {
  const duplicate = {
    code: 'ER_DUP_ENTRY',
    errno: 1062,
    sqlMessage: "Duplicate entry 'ada@x' for key 'mail'",
    sql: "INSERT 'ada@x'",
  };
  const error = asDatabaseError(duplicate, 'INSERT INTO users VALUES (?)');
  expect(error).toMatchObject({
    code: 'ER_DUP_ENTRY',
    errno: 1062,
    message: 'ER_DUP_ENTRY in: INSERT INTO users VALUES (?)',
  });
  expect(JSON.stringify([error, error.cause, error.stack])).not.toContain('ada@x');
  const unknown = asDatabaseError({
    code: 'ER_NO_SUCH_TABLE',
    errno: 1146,
    sqlMessage: "Table 'a.b' doesn't exist",
  });
  expect(unknown.message).toBe("ER_NO_SUCH_TABLE: Table 'a.b' doesn't exist");
});

test.each([
  '',
  'http://a',
  'mysql:///x',
  'mysql://a/x?rows=x',
  'mysql://a/x?connections=0',
  'mysql://a/x?flags=1',
])('refuses the URL %j at start-up', (url) => {
  expect(() => poolOptions(url)).toThrow('MYSQL_URL: ');
});

test('reads a URL with everything escaped', () => {
  const options = poolOptions('mysql://us%40er:p%3Aw@db:3307/na%2Fme?connections=3&charset=latin1');
  expect(options).toMatchObject({
    host: 'db',
    port: 3307,
    user: 'us@er',
    password: 'p:w',
    database: 'na/me',
    connectionLimit: 3,
    charset: 'latin1',
  });
});
