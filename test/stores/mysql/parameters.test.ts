// Parameters: only scalars get in, each where a question mark stands, and nothing gets out of its quotes.
import { describe, expect, test } from 'vitest';
import { asDatabaseError, DatabaseError } from '../../../src/stores/mysql/error.ts';
import { bind, list, type Parameter, type ParameterValues } from '../../../src/stores/mysql/parameters.ts';
import { leavesTraces } from '../../../src/stores/mysql/statement-kind.ts';

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

  test.each<[string, ParameterValues, string]>([
    ['SELECT :a, :b, :a', { a: 1, b: 'x' }, "SELECT 1, 'x', 1"],
    [
      'SELECT \':a\', ":a", `:a` -- :a\n, /* :a */ :a',
      { a: 1 },
      'SELECT \':a\', ":a", `:a` -- :a\n, /* :a */ 1',
    ],
    ["SELECT '10:30', @x:=2, :a", { a: ':b' }, "SELECT '10:30', @x:=2, ':b'"],
    ['SELECT :a IN (:ids)', { a: 1, ids: list([1, '2']) }, "SELECT 1 IN (1, '2')"],
    ['SELECT 1', {}, 'SELECT 1'],
  ])('puts parameters by name into %j', (sql, parameters, text) => {
    expect(bind(sql, parameters)).toBe(text);
  });

  test.each<[string, ParameterValues, string]>([
    ['SELECT :a', {}, 'no parameter for :a'],
    ['SELECT :toString', {}, 'no parameter for :toString'],
    ['SELECT :a', { a: 1, b: 2, c: 3 }, 'the SQL does not use :b, :c'],
    ["SELECT ':a'", { a: 1 }, 'the SQL does not use :a'],
    ['SELECT :a, ?', { a: 1 }, 'a question mark beside parameters by name'],
    ['SELECT ?', [], '1 question marks for 0 parameters'],
    [':a', [1], '0 question marks for 1 parameters'],
  ])('refuses for %j the parameters %j: %s', (sql, parameters, message) => {
    expect(() => bind(sql, parameters)).toThrow(message);
  });

  test('refuses an array by name, as it refuses one by position', () => {
    const query = JSON.parse('{"id": ["1", "2"]}');
    expect(() => bind('SELECT :id', query)).toThrow(/parameter :id must be a scalar, it is an array/);
  });

  test.each([
    ["SET NAMES 'gbk'", /MYSQL_URL/],
    ['SET\nCHARACTER SET gbk', /MYSQL_URL/],
    ["SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'", /MYSQL_URL/],
    ['SET @@character_set_client = gbk', /MYSQL_URL/],
    ["SET STATEMENT sql_mode = '' FOR SELECT 1", /MYSQL_URL/],
    ['SET SESSION\nTRANSACTION READ WRITE', /db\.transaction/],
    ["PREPARE p FROM 'SELECT 1'", /statement itself/],
    ["EXECUTE IMMEDIATE 'SET @a = 1'", /statement itself/],
  ])('refuses %j, which would change what escaping or reading relies on', (sql, message) => {
    expect(() => bind(sql)).toThrow(message);
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
  ['(SELECT 1) UNION (SELECT 2)', false],
  ['WITH a AS (SELECT 1) SELECT * FROM a', false],
  ['SELECT GET_LOCK /* x */ (1, 2)', true],
  ['SELECT 1 INTO @a', true],
  ['CALL settle(1)', true],
  ['/*!50000 SET @a = 1 */', true],
  ['IF 1 THEN SET @a = 1; END IF', true],
  ['USE other', true],
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
