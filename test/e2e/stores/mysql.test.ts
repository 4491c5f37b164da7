// The database against a real MariaDB, and against real PHP's view of the same rows.
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDatabase, type Database, type Db, list } from '../../../src/stores/mysql/mysql.ts';
import { codeOf } from './database-error.ts';

const services = inject('services');
const unhurried = { signal: new AbortController().signal, timeoutMs: 30_000 };
const opened: Database[] = [];
let writing: Db;
let reading: Db;

function open(options = ''): Database {
  const database = createDatabase(services.mysqlUrl + options);
  opened.push(database);
  return database;
}

beforeAll(async () => {
  const database = open('?connections=3');
  writing = database.forRequest({ readOnly: false, ...unhurried });
  reading = database.forRequest({ readOnly: true, ...unhurried });
  await writing.execute('DROP TABLE IF EXISTS store_kinds, store_rows');
  await writing.execute(`CREATE TABLE store_kinds (id INT PRIMARY KEY AUTO_INCREMENT, big BIGINT, huge BIGINT UNSIGNED, price DECIMAL(10,2), f FLOAT, d DOUBLE,
    tiny TINYINT(1), bits BIT(10), day DATE, at DATETIME, ts TIMESTAMP NULL, t TIME, y YEAR, name VARCHAR(50), long_text TEXT, e ENUM('a','b'), j JSON, raw BLOB, hash BINARY(2)) CHARACTER SET utf8mb4`);
  await writing.execute(`INSERT INTO store_kinds VALUES (1, 9007199254740993, 18446744073709551615, 10.10, 1.1, 1e100, 1, b'1000000001', '2024-01-02', '2024-01-02 03:04:05', '2024-01-02 03:04:05',
    '-12:00:00', 2024, 'Zoë 🌳', 'text', 'b', '{"a": 1}', X'FF00', X'00FE')`);
  await writing.execute('INSERT INTO store_kinds (id) VALUES (2)');
  await writing.execute(
    'CREATE TABLE store_rows (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(50) UNIQUE) CHARACTER SET utf8mb4',
  );
});

afterAll(async () => {
  await writing.execute('DROP TABLE IF EXISTS store_kinds, store_rows');
  for (const database of opened) await database.close();
});

describe('rows', () => {
  test('have the texts that mysqli gives PHP, byte for byte', async () => {
    const url = new URL(services.mysqlUrl);
    const code = `$db = mysqli_connect("${url.hostname}", "${url.username}", "${url.password}", "${url.pathname.slice(1)}", ${url.port || 3306}); mysqli_set_charset($db, "utf8mb4");
      foreach ($db->query("SELECT * FROM store_kinds ORDER BY id") as $row) echo json_encode(array_map(fn($v) => $v === null ? null : bin2hex($v), $row)), "\\n";`;
    const php = execFileSync(services.php, ['-r', code]).toString().trim().split('\n');
    const rows = await reading.many('SELECT * FROM store_kinds ORDER BY id');
    const hex = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          value === null ? null : Buffer.from(value).toString('hex'),
        ]),
      ),
    );
    expect(hex.map((row) => JSON.stringify(row))).toEqual(php);
  });

  test('lose nothing with rows=native either', async () => {
    const db = open('?rows=native').forRequest({ readOnly: true, ...unhurried });
    const row = await db.one<Record<string, unknown>>(
      'SELECT id, big, huge, price, day, at, name FROM store_kinds WHERE id = 1',
    );
    expect(row).toEqual({
      id: 1,
      big: '9007199254740993',
      huge: '18446744073709551615',
      price: '10.10',
      day: '2024-01-02',
      at: '2024-01-02 03:04:05',
      name: 'Zoë 🌳',
    });
  });

  test('come one, all or none', async () => {
    expect(await reading.one('SELECT id FROM store_kinds ORDER BY id')).toEqual({ id: '1' });
    expect(await reading.one('SELECT id FROM store_kinds WHERE id = ?', [99])).toBeUndefined();
    expect(
      await reading.many('SELECT id FROM store_kinds WHERE id IN (?) ORDER BY id', [list([1, '2'])]),
    ).toEqual([{ id: '1' }, { id: '2' }]);
    expect(await codeOf(reading.execute('SELECT 1'))).toBe('statement');
    expect(await codeOf(writing.one('DELETE FROM store_rows'))).toBe('statement');
  });

  test('give back hostile parameters unchanged, whatever the mode of the server', async () => {
    const texts = ["'", '\\', "\\'", '"', '\0\n\r\x1a', '; DROP TABLE store_rows', '?', '🌳', "' OR 1=1 -- "];
    for (const text of texts)
      expect(await reading.one('SELECT ? AS v, ? AS w', [text, text])).toEqual({ v: text, w: text });
    const mode = await reading.one('SELECT @@sql_mode AS mode');
    expect(mode?.mode).not.toMatch(/IGNORE_SPACE|NO_BACKSLASH_ESCAPES/);
  });
});

describe('writing', () => {
  test('counts changed rows and gives ids as PHP does', async () => {
    const inserted = await writing.execute('INSERT INTO store_rows (name) VALUES (?)', ['a']);
    expect(inserted).toEqual({ affectedRows: 1, insertId: expect.stringMatching(/^[1-9]/) });
    expect(await writing.execute("UPDATE store_rows SET name = 'a'")).toMatchObject({
      affectedRows: 0,
      insertId: '0',
    });
  });

  test('is refused by the server on connections for reading', async () => {
    const statements = [
      "INSERT INTO store_rows (name) VALUES ('x')",
      'DELETE FROM store_rows',
      'CREATE TABLE store_more (id INT)',
      'TRUNCATE store_rows',
      'ALTER TABLE store_rows ADD more INT',
      'DROP TABLE store_rows',
    ];
    for (const sql of statements)
      expect(await codeOf(reading.execute(sql)), sql).toBe('ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION');
    await expect(reading.execute('DELETE FROM store_rows')).rejects.toThrow('says writes: true');
    expect(await codeOf(reading.transaction((tx) => tx.execute('DELETE FROM store_rows')))).toBe(
      'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
    );
    expect(await codeOf(reading.execute('SET SESSION TRANSACTION READ WRITE'))).toBe('statement');
  });

  test('tells of a duplicate without the value', async () => {
    await writing.execute("INSERT IGNORE INTO store_rows (name) VALUES ('secret@x')");
    const error: unknown = await writing
      .execute('INSERT INTO store_rows (name) VALUES (?)', ['secret@x'])
      .catch((reason) => reason);
    expect(error).toMatchObject({ code: 'ER_DUP_ENTRY', errno: 1062 });
    expect(String(error)).not.toContain('secret');
  });
});

describe('transactions', () => {
  const count = async (name: string) =>
    (await reading.one('SELECT COUNT(*) AS n FROM store_rows WHERE name = ?', [name]))?.n;

  test('commit when fulfilled, and roll back when rejected', async () => {
    const id = await writing.transaction(
      async (tx) => (await tx.execute("INSERT INTO store_rows (name) VALUES ('kept')")).insertId,
    );
    expect(id).toMatch(/^\d+$/);
    const failing = writing.transaction(async (tx) => {
      await tx.execute("INSERT INTO store_rows (name) VALUES ('lost')");
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect([await count('kept'), await count('lost')]).toEqual(['1', '0']);
  });

  test('are over when they are over', async () => {
    const leaked = await writing.transaction(async (tx) => ({ tx }));
    expect(await codeOf(leaked.tx.many('SELECT 1'))).toBe('ended');
  });

  test('leave nothing behind for the next request', async () => {
    const db = open('?connections=1').forRequest({ readOnly: false, ...unhurried });
    await db.transaction(async (tx) => {
      await tx.one("SELECT GET_LOCK('banyan', 0)");
      await tx.execute('SET @left = 1');
      await tx.execute("SET time_zone = '+05:00'");
    });
    expect(await db.one("SELECT @left AS l, IS_FREE_LOCK('banyan') AS f, @@time_zone AS z")).toEqual({
      l: null,
      f: '1',
      z: 'SYSTEM',
    });
    await db.transaction(async (tx) => tx.execute('SELEC nonsense')).catch(() => {});
    expect(await db.one('SELECT @@in_transaction AS t')).toEqual({ t: '0' });
  });
});

describe('a request that ends early', () => {
  test('rejects at once, frees its connection and rolls back', async () => {
    const database = open('?connections=1');
    const controller = new AbortController();
    const db = database.forRequest({ readOnly: false, ...unhurried, signal: controller.signal });
    const started = performance.now();
    setTimeout(() => controller.abort(), 100);
    const steps: string[] = [];
    const work = db.transaction(async (tx) => {
      await tx.execute("INSERT INTO store_rows (name) VALUES ('aborted')");
      steps.push(await codeOf(tx.one('SELECT SLEEP(5)')));
    });
    const waiting = codeOf(db.one('SELECT 1'));
    expect(await codeOf(work)).toBe('aborted');
    expect(await waiting).toBe('aborted');
    expect(performance.now() - started).toBeLessThan(1000);
    const next = database.forRequest({ readOnly: false, ...unhurried });
    expect(await next.one("SELECT COUNT(*) AS n FROM store_rows WHERE name = 'aborted'")).toEqual({ n: '0' });
    expect(await codeOf(db.one('SELECT 1'))).toBe('aborted');
    expect(steps).toEqual(['aborted']);
  });

  test('leaves the waiting line without taking a connection from others', async () => {
    const database = open('?connections=1');
    const controller = new AbortController();
    const patient = database.forRequest({ readOnly: false, ...unhurried });
    const hasty = database.forRequest({ readOnly: false, ...unhurried, signal: controller.signal });
    const slow = patient.one('SELECT SLEEP(0.3) AS s');
    const refused = codeOf(hasty.one('SELECT 1'));
    setTimeout(() => controller.abort(), 50);
    expect(await refused).toBe('aborted');
    expect(await slow).toEqual({ s: '0' });
    expect(await patient.one('SELECT 1 AS one')).toEqual({ one: '1' });
  });
});

describe('a server in trouble', () => {
  test('that is away rejects with its own code, and a lost connection is replaced', async () => {
    const away = createDatabase('mysql://u@127.0.0.1:1/x');
    expect(await codeOf(away.forRequest({ readOnly: true, ...unhurried }).one('SELECT 1'))).toBe(
      'ECONNREFUSED',
    );
    await away.close();
    const db = open('?connections=1').forRequest({ readOnly: true, ...unhurried });
    const first = await db.one('SELECT CONNECTION_ID() AS id');
    await codeOf(writing.execute(`KILL ${first?.id}`));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(Number((await db.one('SELECT CONNECTION_ID() AS id'))?.id)).toBeGreaterThan(Number(first?.id));
  });

  test('that accepts and says nothing is given up after two seconds', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', () => resolve()));
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const database = createDatabase(`mysql://u@127.0.0.1:${port}/x`);
    const started = performance.now();
    expect(await codeOf(database.forRequest({ readOnly: true, ...unhurried }).one('SELECT 1'))).toBe(
      'ETIMEDOUT',
    );
    expect(performance.now() - started).toBeLessThan(4000);
    await database.close();
    silent.close();
  });
});
