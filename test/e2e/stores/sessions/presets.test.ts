// Presets against tables of MariaDB as the frameworks create them, with what real PHP writes into them.
import { randomBytes } from 'node:crypto';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Session, type SessionRead } from '../../../../src/stores/session/session.ts';
import { createSessionStore, type SessionStore } from '../../../../src/stores/session/store.ts';
import { tellFramework } from '../../../php/frameworks/oracle.ts';
import { asking } from '../../../stores/session/asking.ts';
import { waitUntil } from '../../edge-process.ts';
import { newId } from './places.ts';

const { mysqlUrl } = inject('services');
/** So that no table is another test's. */
const MARK = `t${newId().slice(0, 8)}_`;
const NOW = Math.floor(Date.now() / 1000);
const KEY = randomBytes(32).toString('base64');

let pool: mysql.Pool;
const tables: string[] = [];
/** Closed at the end: a renewal may still be under way when a session has been read. */
const stores: SessionStore[] = [];

beforeAll(() => {
  pool = mysql.createPool(mysqlUrl);
});
afterAll(async () => {
  for (const store of stores) await store.close();
  for (const table of tables) await pool.query(`DROP TABLE ${table}`);
  await pool.end();
});

/** Creates a table and puts rows into it. */
async function table(
  name: string,
  columns: string,
  ...rows: readonly (readonly unknown[])[]
): Promise<string> {
  const full = MARK + name;
  await pool.query(`CREATE TABLE ${full} (${columns})`);
  tables.push(full);
  for (const row of rows) await pool.query(`INSERT INTO ${full} VALUES (?)`, [row]);
  return full;
}

async function columnOf(name: string, column: string): Promise<number> {
  const [rows] = await pool.query<RowDataPacket[]>(`SELECT ${column} AS value FROM ${name}`);
  return Number(rows[0]?.value);
}

function readWith(options: string, cookie: string, key?: string, host?: string): Promise<SessionRead> {
  const store = createSessionStore(`${mysqlUrl}?${options}`, { key });
  stores.push(store);
  return store.read(asking(cookie, host === undefined ? {} : { host }));
}

const sessionOf = (read: SessionRead) => {
  if (read.kind === 'unreadable') throw new Error(read.reason);
  return Session.of(read);
};

describe('Laravel', () => {
  const id = 'aB3'.repeat(13).concat('Z');
  const cookie = () =>
    `laravel_session=${encodeURIComponent(tellFramework(`return laravelCookie('laravel_session', '${id}', base64_decode('${KEY}'));`).toString())}`;
  const payload = tellFramework(
    `return base64_encode(serialize(['_token' => 'csrf', 'login_web_' . sha1('Illuminate\\Auth\\SessionGuard') => 7]));`,
  );

  test('is read by its encrypted cookie, and renewed', async () => {
    const name = await table(
      'laravel',
      'id VARCHAR(255) PRIMARY KEY, user_id BIGINT UNSIGNED NULL, payload LONGTEXT NOT NULL, last_activity INT NOT NULL',
      [id, 7, payload.toString(), NOW - 100],
    );
    const session = sessionOf(await readWith(`preset=laravel&table=${name}`, cookie(), `base64:${KEY}`));
    expect([session.user_id, session.get('_token')]).toEqual(['7', 'csrf']);
    await waitUntil(async () => (await columnOf(name, 'last_activity')) >= NOW);
  });

  test('refuses a row that is too old, and the cookie of another key', async () => {
    const name = await table(
      'laravel_old',
      'id VARCHAR(255) PRIMARY KEY, payload LONGTEXT NOT NULL, last_activity INT NOT NULL',
      [id, payload.toString(), NOW - 7300],
    );
    expect((await readWith(`preset=laravel&table=${name}`, cookie(), `base64:${KEY}`)).kind).toBe('absent');
    const other = `base64:${randomBytes(32).toString('base64')}`;
    expect((await readWith(`preset=laravel&table=${name}`, cookie(), other)).kind).toBe('none');
    expect((await readWith(`preset=laravel&table=${name}`, cookie(), `${other},base64:${KEY}`)).kind).toBe(
      'absent',
    );
  });
});

test.each([
  [3, `['Auth' => ['User' => ['id' => 7]]]`],
  [5, `['Auth' => new App\\Model\\Entity\\User(['id' => 7]), 'Config' => ['time' => ${NOW}]]`],
])('CakePHP %i is read and renewed', async (major, php) => {
  const id = newId();
  const name = await table(`cake${major}`, 'id CHAR(40) PRIMARY KEY, data BLOB, expires INT UNSIGNED', [
    id,
    tellFramework(`return session(${php});`),
    NOW + 60,
  ]);
  const session = sessionOf(await readWith(`preset=cakephp${major}&table=${name}`, `PHPSESSID=${id}`));
  expect(session.user_id).toBe('7');
  await waitUntil(async () => (await columnOf(name, 'expires')) >= NOW + 1440);
});

test('Symfony is read and renewed, and ends with its time', async () => {
  const [id, old] = [newId(), newId()];
  const columns =
    'sess_id VARBINARY(128) PRIMARY KEY, sess_data BLOB, sess_lifetime INT UNSIGNED, sess_time INT UNSIGNED';
  const data = tellFramework(
    `return session(['_sf2_attributes' => ['_security_main' => serialize(new Symfony\\Component\\Security\\Http\\Authenticator\\Token\\PostAuthenticationToken('main', new App\\Entity\\User(7, 'zoe@example.com'), ['ROLE_USER'])), 'cart' => 3]]);`,
  );
  const name = await table('symfony', columns, [id, data, NOW + 60, NOW]);
  const session = sessionOf(await readWith(`preset=symfony&table=${name}`, `PHPSESSID=${id}`));
  expect([session.user_id, session.get('cart')]).toEqual(['7', 3]);
  await waitUntil(async () => (await columnOf(name, 'sess_lifetime')) >= NOW + 1440);
  await pool.query(`INSERT INTO ${name} VALUES (?)`, [[old, data, NOW - 60, NOW]]);
  expect((await readWith(`preset=symfony&table=${name}`, `PHPSESSID=${old}`)).kind).toBe('absent');
});

test('CodeIgniter 3 is read, renewed, and bound to its address', async () => {
  const id = newId();
  const columns = 'id VARCHAR(128) PRIMARY KEY, ip_address VARCHAR(45), timestamp INT UNSIGNED, data BLOB';
  const name = await table('ci', columns, [
    id,
    '192.0.2.7',
    NOW - 100,
    tellFramework(`return session(['user_id' => 7]);`),
  ]);
  const read = (options: string) =>
    readWith(`preset=codeigniter3&table=${name}${options}`, `ci_session=${id}`);
  expect(sessionOf(await read('&matchIp=on')).user_id).toBe('7');
  await waitUntil(async () => (await columnOf(name, 'timestamp')) >= NOW);
  await pool.query(`UPDATE ${name} SET ip_address = '192.0.2.8'`);
  expect((await read('&matchIp=on')).kind).toBe('absent');
  expect(sessionOf(await read('')).user_id).toBe('7');
});

test.each([
  ['drupal', `['_sf2_attributes' => ['uid' => '7', 'fig' => 1]]`],
  ['drupal7', `['fig' => 1]`],
])('%s is read by the site of its cookie and the hash of its id, and renewed', async (preset, php) => {
  const id = newId();
  const columns =
    'uid INT UNSIGNED, sid VARCHAR(128) PRIMARY KEY, hostname VARCHAR(128), timestamp INT, session LONGBLOB';
  const sid = tellFramework(`return drupalHash('${id}');`).toString();
  const name = await table(preset, columns, [
    7,
    sid,
    '192.0.2.7',
    NOW - 100,
    tellFramework(`return session(${php});`),
  ]);
  const cookie = tellFramework(`return 'SSESS' . substr(hash('sha256', 'example.com'), 0, 32);`);
  const read = (host: string) =>
    readWith(`preset=${preset}&table=${name}`, `${cookie}=${id}`, undefined, host);
  const session = sessionOf(await read('example.com:8443'));
  expect([session.user_id, session.get('fig')]).toEqual(['7', 1]);
  await waitUntil(async () => (await columnOf(name, 'timestamp')) >= NOW);
  expect((await read('other.com')).kind).toBe('none');
});

describe('WordPress', () => {
  const password = '$wp$2y$10$abcdefghijklmnopqrstuuVbCdEfGhIjKlMnOpQrStUvWxYz6789';
  const salt = 'LOGGED_IN_KEY,LOGGED_IN_SALT';
  const cookieName = tellFramework(`return 'wordpress_logged_in_' . md5('https://example.com');`);
  const cookie = (expiration: number, user = 'zoë') =>
    `${cookieName}=${encodeURIComponent(tellFramework(`return wordPressCookie('${user}', '${password}', ${expiration}, 'tok3n', '${salt}');`).toString())}`;
  const read = (text: string, key = salt) =>
    readWith(`preset=wordpress&prefix=${MARK}&site=https://example.com`, text, key);

  beforeAll(async () => {
    const tokens = tellFramework(
      `return serialize([hash('sha256', 'tok3n') => ['expiration' => ${NOW + 600}, 'ip' => '192.0.2.7']]);`,
    ).toString();
    await table('users', 'ID BIGINT PRIMARY KEY, user_login VARCHAR(60), user_pass VARCHAR(255)', [
      7,
      'zoë',
      password,
    ]);
    const columns = 'umeta_id BIGINT PRIMARY KEY, user_id BIGINT, meta_key VARCHAR(255), meta_value LONGTEXT';
    await table('usermeta', columns, [1, 7, 'nickname', 'Zoë'], [2, 7, 'session_tokens', tokens]);
  });

  test('knows who is logged in', async () => {
    const session = sessionOf(await read(cookie(NOW + 600)));
    expect([session.user_id, session.get('user_login'), session.get('ip')]).toEqual([
      '7',
      'zoë',
      '192.0.2.7',
    ]);
  });

  test('refuses cookies that are over, of nobody, of another secret, or none', async () => {
    expect((await read(cookie(NOW - 4000))).kind).toBe('absent');
    expect((await read(cookie(NOW + 600, 'nobody'))).kind).toBe('absent');
    expect(await read(cookie(NOW + 600), 'other')).toEqual({ kind: 'absent' });
    expect((await read(`${cookieName}=x`)).kind).toBe('none');
    expect((await read('PHPSESSID=x')).kind).toBe('none');
  });

  test('refuses a login that was ended', async () => {
    await pool.query(`DELETE FROM ${MARK}usermeta WHERE meta_key = 'session_tokens'`);
    expect((await read(cookie(NOW + 600))).kind).toBe('absent');
  });
});
