// One suite for all places: real PHP writes and reads the sessions, the store reads and renews them.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Session, type SessionRead } from '../../../../src/stores/session/session.ts';
import { createSessionStore, type SessionStore } from '../../../../src/stores/session/store.ts';
import { asking } from '../../../stores/session/asking.ts';
import { waitUntil } from '../../edge-process.ts';
import { figure, record } from '../../figures.ts';
import { type PhpSessions, startPhpSessions } from './php-sessions.ts';
import {
  filesUnderTest,
  memcachedUnderTest,
  memcacheUnderTest,
  newId,
  PHP_LIFETIME,
  type PlaceUnderTest,
  redisUnderTest,
  tableUnderTest,
} from './places.ts';

const { php, mysqlUrl } = inject('services');

/** What the edge is told; PHP has another, so that one sees who has renewed. */
const EDGE_LIFETIME = 3600;

describe.each([
  ['memcached (pecl/memcached 3, three servers)', () => memcachedUnderTest(php), 200],
  ['memcached (pecl/memcache, two servers)', () => memcacheUnderTest(php), 100],
  ['Redis (phpredis, two servers)', () => redisUnderTest(php), 100],
  ['files (two levels deep)', () => filesUnderTest(php), 100],
  ['a table of MariaDB', () => tableUnderTest(php, mysqlUrl), 100],
] as const)('sessions in %s', (name, start, full) => {
  let place: PlaceUnderTest;
  let legacy: PhpSessions;
  let store: SessionStore;
  const problems: string[] = [];

  beforeAll(async () => {
    place = await start();
    legacy = startPhpSessions(place.php);
    store = open(`lifetime=${EDGE_LIFETIME}s`);
  });
  afterAll(async () => {
    legacy?.close();
    await store?.close();
    await place?.close();
  });

  function open(options: string): SessionStore {
    return createSessionStore(`${place.url}&${options}`, { onProblem: (problem) => problems.push(problem) });
  }
  const read = (id: string, from = store) => from.read(asking(`PHPSESSID=${id}`));
  const valueAt = (found: SessionRead, path: string) =>
    found.kind === 'unreadable' ? found.reason : Session.of(found).get(path);

  test('written by PHP are all found, each where PHP put it', async () => {
    const count = figure(30, full);
    const ids = Array.from({ length: count }, newId);
    for (const [n, id] of ids.entries())
      await legacy.write(id, `$_SESSION["n"] = ${n}; $_SESSION["id"] = "${id}"`);
    const found = await Promise.all(ids.map((id) => read(id)));
    expect(found.map((one) => valueAt(one, 'n'))).toEqual(ids.map((_, n) => n));
    expect(found.map((one) => valueAt(one, 'id'))).toEqual(ids);
    record({
      figure: `Sessions in ${name}: written by PHP, read by the edge`,
      demanded: full === 200 ? '200 written, 200 read, on the right server' : 'all read',
      // One server is asked for each: what is found was on the right one.
      measured: `${count} written, ${found.filter(({ kind }) => kind === 'loaded').length} read, each by asking one server`,
    });
  });

  test('hold bytes, objects and large values as PHP wrote them', async () => {
    const id = newId();
    await legacy.write(
      id,
      '$_SESSION["name"] = "Zoë"; $_SESSION["bytes"] = "\\xff\\x00|;\\"}"; $_SESSION["o"] = (object) ["n" => [1.5, true]]; $_SESSION["long"] = str_repeat("fig|", 50000)',
    );
    const found = await read(id);
    expect(valueAt(found, 'name')).toBe('Zoë');
    expect(valueAt(found, 'bytes')).toEqual(Buffer.from('\xff\0|;"}', 'latin1'));
    expect(valueAt(found, 'o.n.0')).toBe(1.5);
    expect(valueAt(found, 'long')).toBe('fig|'.repeat(50_000));
  });

  test('exist without data, or do not exist at all', async () => {
    const id = newId();
    await legacy.write(id, '$_SESSION = []');
    const found = await read(id);
    // An empty session is no row and no key to some places of PHP.
    expect(found.kind === 'absent' || (found.kind === 'loaded' && found.values.size === 0)).toBe(true);
    expect(await read(newId())).toEqual({ kind: 'absent' });
  });

  test('are seen as they were while a request of PHP is under way, and no lock is taken or left', async () => {
    const id = newId();
    await legacy.write(id, '$_SESSION["n"] = 1');
    await legacy.run(`session_id("${id}"); session_start(); $_SESSION["n"] = 2; return 1;`);
    const held = (await place.keys()).toSorted();
    expect(valueAt(await read(id), 'n')).toBe(1);
    expect((await place.keys()).toSorted()).toEqual(held);
    await legacy.run('return session_write_close();');
    const written = await legacy.read(id);
    // On two servers phpredis now and then does not get its own lock, and then writes nothing.
    if (!name.includes('phpredis')) expect(written).toBe(2);
    expect(valueAt(await read(id), 'n')).toBe(written);
    const left = (await place.keys()).filter((key) => key.includes(id));
    // pecl/memcache leaves its own lock behind, as 0.
    expect(left.filter((key) => !key.endsWith('.lock'))).toHaveLength(1);
  });

  test('are renewed once by reading, and stay what they are', async () => {
    const id = newId();
    await legacy.write(id, '$_SESSION["n"] = 5');
    if (place.php.settings['session.save_handler'] !== 'files')
      expect(Math.abs((await place.secondsLeft(id)) - PHP_LIFETIME)).toBeLessThan(30);
    await read(id);
    const renewed = async () => (await place.secondsLeft(id)) > expectedLeft() - 30;
    await waitUntil(renewed);
    expect(await legacy.read(id)).toBe(5);
    expect(problems).toEqual([]);
  });

  /** A file has only the time when it was used: PHP counts from there. */
  function expectedLeft(): number {
    return place.php.settings['session.save_handler'] === 'files' ? PHP_LIFETIME : EDGE_LIFETIME;
  }

  test('that have ended are not brought back by being renewed', async () => {
    const id = newId();
    await legacy.write(id, '$_SESSION["n"] = 1');
    expect((await read(id)).kind).toBe('loaded');
    await legacy.destroy(id);
    const untouched = open('touch=off');
    expect(await read(id, untouched)).toEqual({ kind: 'absent' });
    await untouched.close();
    expect((await place.keys()).filter((key) => key.endsWith(id))).toEqual([]);
  });

  test('that another serializer wrote are unreadable', async () => {
    const id = newId();
    await legacy.write(id, '$_SESSION["n"] = 1');
    const other = open('serializer=php_serialize');
    expect((await read(id, other)).kind).toBe('unreadable');
    await other.close();
  });

  test('are unreadable within the deadline while the servers hang, and found again when they go on', async () => {
    if (!place.hang || !place.goOn) return expect(place.url).toMatch(/^(?:file|mysql):/);
    const id = newId();
    await legacy.write(id, '$_SESSION["n"] = 8');
    const hurried = open('touch=off');
    place.hang();
    try {
      const began = performance.now();
      expect((await read(id, hurried)).kind).toBe('unreadable');
      expect(performance.now() - began).toBeLessThan(2_000);
    } finally {
      place.goOn();
    }
    await waitUntil(async () => (await read(id, hurried)).kind === 'loaded');
    await hurried.close();
  });
});

test.each(['php_serialize', 'php_binary', 'igbinary'])(
  'sessions that %s wrote are read',
  async (serializer) => {
    const place = await filesUnderTest(php);
    const settings = { ...place.php.settings, 'session.serialize_handler': serializer };
    const legacy = startPhpSessions({ ...place.php, settings });
    const store = createSessionStore(`${place.url}&serializer=${serializer}`);
    try {
      const id = newId();
      await legacy.write(id, '$_SESSION["Auth"] = ["User" => ["id" => 7, "name" => "Zoë"]]');
      const found = await store.read(asking(`PHPSESSID=${id}`));
      expect(found.kind === 'unreadable' ? found : Session.of(found).get('Auth.User.name')).toBe('Zoë');
    } finally {
      legacy.close();
      await store.close();
      await place.close();
    }
  },
);

test('sessions of pecl/memcached 2.2, without its ring, are found by ring=2.2', async () => {
  const place = await memcachedUnderTest(php);
  // What 2.2 does by default, the later extension does when it is told to.
  const settings = { ...place.php.settings, 'memcached.sess_consistent_hash': '0' };
  const legacy = startPhpSessions({ ...place.php, settings });
  const [old, later] = ['2.2', '3'].map((ring) => createSessionStore(`${place.url}&touch=off&ring=${ring}`));
  try {
    const ids = Array.from({ length: 30 }, newId);
    for (const id of ids) await legacy.write(id, '$_SESSION["n"] = 1');
    const found = async (store: SessionStore | undefined) => {
      const reads = ids.map(async (id) => (await store?.read(asking(`PHPSESSID=${id}`)))?.kind);
      return (await Promise.all(reads)).filter((kind) => kind === 'loaded').length;
    };
    expect(await found(old)).toBe(30);
    expect(await found(later)).toBeLessThan(30);
  } finally {
    legacy.close();
    await old?.close();
    await later?.close();
    await place.close();
  }
});
