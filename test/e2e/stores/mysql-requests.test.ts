// What one request may leave to the next, and to the server: nothing. Against a real MariaDB.
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDatabase, type Database, type Db } from '../../../src/stores/mysql/mysql.ts';
import { type Edge, startEdge, waitUntil } from '../edge-process.ts';
import { record } from '../figures.ts';
import { ask } from '../visitor.ts';
import { codeOf } from './database-error.ts';

const services = inject('services');
const signal = new AbortController().signal;
const opened: Database[] = [];
let onlooker: Db;

function open(options = ''): Database {
  const database = createDatabase(services.mysqlUrl + options);
  opened.push(database);
  return database;
}

const writer = (database: Database) => database.forRequest({ readOnly: false, signal, timeoutMs: 30_000 });

beforeAll(async () => {
  onlooker = writer(open('?connections=2'));
  await onlooker.execute('CREATE TABLE IF NOT EXISTS request_rows (name VARCHAR(50)) ENGINE=InnoDB');
  await onlooker.execute('DROP PROCEDURE IF EXISTS leave_traces');
  await onlooker.execute(`CREATE PROCEDURE leave_traces() BEGIN
    SET @left = 1; SET autocommit = 0; SET time_zone = '+05:00'; CREATE TEMPORARY TABLE left_behind (a INT);
    INSERT INTO request_rows VALUES ('uncommitted'); END`);
});

afterAll(async () => {
  await onlooker.execute('DROP PROCEDURE IF EXISTS leave_traces');
  await onlooker.execute('DROP TABLE IF EXISTS request_rows');
  for (const database of opened) await database.close();
});

/** The statements of the server's processlist that a text is part of. */
async function running(text: string): Promise<number> {
  const rows = await onlooker.many<{ INFO: string }>(
    'SELECT INFO FROM information_schema.PROCESSLIST WHERE INFO LIKE ? AND ID <> CONNECTION_ID()',
    [`%${text}%`],
  );
  return rows.length;
}

const never = new Promise<never>(() => {});

describe('a request that is over', () => {
  test.each([
    ['a read', 'SELECT SLEEP(60) AS over_read', 'over_read', true],
    ['a write', "UPDATE request_rows SET name = SLEEP(60) WHERE name = 'over_write'", 'over_write', false],
  ])('does not leave %s running in the server', async (_, sql, mark, readOnly) => {
    await onlooker.execute("INSERT INTO request_rows VALUES ('over_write')");
    const controller = new AbortController();
    const db = open().forRequest({ readOnly, signal: controller.signal, timeoutMs: 60_000 });
    const outcome = codeOf(readOnly ? db.one(sql) : db.execute(sql));
    await waitUntil(
      async () => (await running(mark)) === 1,
      never,
      () => 'never seen to run',
    );
    controller.abort();
    expect(await outcome).toBe('aborted');
    await waitUntil(
      async () => (await running(mark)) === 0,
      never,
      () => 'still running',
    );
  });

  test('rolls back and gives up its locks at once, whatever its statement was doing', async () => {
    const controller = new AbortController();
    const db = open().forRequest({ readOnly: false, signal: controller.signal, timeoutMs: 60_000 });
    const work = codeOf(
      db.transaction(async (tx) => {
        await tx.execute("INSERT INTO request_rows VALUES ('locked')");
        await tx.one('SELECT SLEEP(60) AS over_locked');
      }),
    );
    await waitUntil(
      async () => (await running('over_locked')) === 1,
      never,
      () => 'never seen to run',
    );
    controller.abort();
    expect(await work).toBe('aborted');
    await waitUntil(
      async () => (await running('over_locked')) === 0,
      never,
      () => 'still running',
    );
    expect(
      await onlooker.one("SELECT name FROM request_rows WHERE name = 'locked' FOR UPDATE"),
    ).toBeUndefined();
  });

  test('is ended by the server itself where nobody can kill it', async () => {
    const db = open().forRequest({ readOnly: true, signal, timeoutMs: 500 });
    const started = performance.now();
    expect(await codeOf(db.one('SELECT SLEEP(60) AS over_limit'))).toBe('ER_STATEMENT_TIMEOUT');
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  test('does not pass its limit on to the next one', async () => {
    const database = open('?connections=1');
    const limit = async (timeoutMs: number) => {
      const db = database.forRequest({ readOnly: true, signal, timeoutMs });
      return (await db.one('SELECT @@SESSION.max_statement_time AS s'))?.s;
    };
    expect([await limit(2000), await limit(30_000), await limit(2000)]).toEqual([
      '3.000000',
      '31.000000',
      '3.000000',
    ]);
  });
});

describe('a connection that serves again', () => {
  const state = `SELECT @left AS user_variable, @@autocommit AS autocommit, @@time_zone AS zone, @@tx_isolation AS isolation,
    @@in_transaction AS in_transaction, IS_FREE_LOCK('request') AS lock_is_free, @@foreign_key_checks AS checks`;

  test.each<[string, (db: Db) => Promise<unknown>]>([
    ['variables', (db) => db.execute('SET @left = 1')],
    ['variables set in a read', (db) => db.one('SELECT @left := 1 AS a')],
    ['variables selected into', (db) => db.execute('SELECT 1 INTO @left')],
    ['a lock by name', (db) => db.one("SELECT GET_LOCK('request', 0) AS a")],
    ['the isolation of transactions', (db) => db.execute("SET tx_isolation = 'SERIALIZABLE'")],
    ['switches', (db) => db.execute('SET foreign_key_checks = 0')],
    ['what a procedure does', (db) => codeOf(db.execute('CALL leave_traces()'))],
    ['a block', (db) => codeOf(db.execute('IF 1 THEN SET @left = 1; END IF'))],
    ['an executable comment', (db) => codeOf(db.execute('/*!50000 SET @left = 1 */'))],
  ])('has nothing left of %s', async (_, leave) => {
    const db = writer(open('?connections=1'));
    const before = await db.one(state);
    await leave(db);
    expect(await db.one(state)).toEqual(before);
    expect(await codeOf(db.one('SELECT * FROM left_behind'))).toBe('ER_NO_SUCH_TABLE');
    expect(await db.one("SELECT name FROM request_rows WHERE name = 'uncommitted'")).toBeUndefined();
  });

  test('has no temporary table and no handle of a table left', async () => {
    const db = writer(open('?connections=1'));
    await db.execute('CREATE TEMPORARY TABLE left_behind (a INT)');
    expect(await codeOf(db.one('SELECT * FROM left_behind'))).toBe('ER_NO_SUCH_TABLE');
    await db.execute('HANDLER request_rows OPEN AS handle').catch(() => {});
    expect(await codeOf(db.many('HANDLER handle READ FIRST'))).toBe('ER_UNKNOWN_TABLE');
  });

  test.each([
    'SET autocommit = 0',
    'SET @@autocommit=0',
    'START TRANSACTION',
    'LOCK TABLES request_rows WRITE',
    'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE',
    "PREPARE p FROM 'SELECT 1'",
    "EXECUTE IMMEDIATE 'SET @left = 1'",
    "SET NAMES 'gbk'",
  ])('never sees %s', async (sql) => {
    expect(await codeOf(onlooker.execute(sql))).toBe('statement');
  });

  test('is not one on which a statement that nobody waited for still runs', async () => {
    const database = open('?connections=1');
    let forgotten: Promise<string> | undefined;
    await writer(database).transaction(async (tx) => {
      // Sent, and left alone.
      forgotten = codeOf(tx.one('SELECT SLEEP(0.2) AS forgotten'));
    });
    expect(await writer(database).one('SELECT 1 AS one')).toEqual({ one: '1' });
    expect(await forgotten).toBe('fulfilled');
  });
});

describe('what waits for the COMMIT', () => {
  const seen: string[] = [];
  const note = (text: string) => async () => void seen.push(text);

  test('is done after it, and the transaction waits for it', async () => {
    const db = writer(open());
    seen.length = 0;
    await db.afterCommit(note('without a transaction, at once'));
    await db.transaction(async (tx) => {
      await tx.execute("INSERT INTO request_rows VALUES ('seen')");
      await db.afterCommit(async () => {
        await delay(10);
        const row = await onlooker.one("SELECT name FROM request_rows WHERE name = 'seen'");
        seen.push(`after: ${row?.name}`);
      });
      seen.push('in the transaction');
    });
    expect(seen).toEqual(['without a transaction, at once', 'in the transaction', 'after: seen']);
  });

  test('is forgotten when the transaction is rolled back', async () => {
    const db = writer(open());
    seen.length = 0;
    const failing = db.transaction(async () => {
      await db.afterCommit(note('never'));
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await db.transaction(async () => db.afterCommit(note('the next one')));
    expect(seen).toEqual(['the next one']);
  });
});

describe('parameters by name', () => {
  test('reach the server as they are', async () => {
    expect(await onlooker.one("SELECT :a AS a, :b AS b, ':a' AS c", { a: "' OR 1=1 -- ", b: null })).toEqual({
      a: "' OR 1=1 -- ",
      b: null,
      c: ':a',
    });
  });
});

describe('an array where a scalar is expected', () => {
  const routes = `routes:
  by-position: { match: GET /by-position, handler: "finds#byPosition", stage: new, fallback: none }
  by-name: { match: GET /by-name, handler: "finds#byName", stage: new, fallback: none }
  by-list: { match: GET /by-list, handler: "finds#byList", stage: new, fallback: none }
`;
  let edge: Edge;
  beforeAll(async () => {
    const handlers = fileURLToPath(new URL('../handlers-under-test', import.meta.url));
    edge = await startEdge({ routes, environment: { HANDLERS: handlers } });
  });
  afterAll(() => edge?.stop());

  test.each(['/by-position', '/by-name'])('never becomes SQL: %s', async (path) => {
    expect((await ask(edge.url, { target: `${path}?id=2` })).body.toString()).toBe('["2"]');
    expect((await ask(edge.url, { target: `${path}?id=2%20OR%201=1` })).body.toString()).toBe('["2"]');
    const queries = ['id[]=1&id[]=2', 'id[]=1', 'id[id]=1', 'id[1]=x&id[toSqlString]=1'];
    for (const query of queries) {
      const answer = await ask(edge.url, { target: `${path}?${query}` });
      expect(answer.status, query).toBe(500);
    }
    const refusals = () =>
      edge
        .log()
        .map((line) => JSON.stringify(line))
        .filter((line) => line.includes('must be a scalar, it is') && line.includes(`"${path.slice(1)}"`));
    await waitUntil(async () => refusals().length === queries.length);
    record({
      figure: `\`?id[]=1&id[]=2\` to a handler that expects one value (${path.slice(1)})`,
      demanded: 'never two values in SQL',
      measured: `${refusals().length} of ${queries.length} requests refused before SQL, the error logged`,
    });
  });

  test('is several values where the handler says so, and each of them a scalar', async () => {
    expect((await ask(edge.url, { target: '/by-list?id[]=1&id[]=2' })).body.toString()).toBe('["1","2"]');
    expect((await ask(edge.url, { target: '/by-list?id[][]=1&id[]=2' })).status).toBe(500);
  });
});
