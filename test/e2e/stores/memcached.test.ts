// Cache and sessions against a real memcached that real PHP has filled.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { toPlain } from '../../../src/php/path.ts';
import { type Cache, createCache } from '../../../src/stores/memcache/cache.ts';
import { createMemcache } from '../../../src/stores/memcache/memcache.ts';
import { Session } from '../../../src/stores/session/session.ts';
import { createSessionStore, type SessionStore } from '../../../src/stores/session/store.ts';
import { asking } from '../../stores/session/asking.ts';

const services = inject('services');
const memcached = services.memcacheUrl.replace(/^memcached:\/\/([^/?]+).*$/, '$1');
const problems: string[] = [];
let cache: Cache;
let sessions: SessionStore;

function php(code: string, ...settings: string[]): string {
  return execFileSync(services.php, [
    ...settings.flatMap((setting) => ['-d', setting]),
    '-r',
    code,
  ]).toString();
}

beforeAll(() => {
  cache = createCache(createMemcache(`memcached://${memcached}?prefix=store.`), (problem) =>
    problems.push(`${problem.key}: ${problem.code}`),
  );
  sessions = createSessionStore(`memcached://${memcached}`);
  const [host, port] = memcached.split(':');
  php(`$m = new Memcached; $m->addServer("${host}", ${port}); $m->setOption(Memcached::OPT_PREFIX_KEY, "store."); $m->setOption(Memcached::OPT_SERIALIZER, Memcached::SERIALIZER_PHP);
    foreach (["text" => "Zoë", "int" => 42, "float" => 1.5, "yes" => true, "no" => false, "none" => null, "list" => ["a", ["k" => 1.5]], "long" => str_repeat("fig ", 5000), "obj" => new ArrayObject([1])] as $k => $v) $m->set($k, $v);
    $m->setOption(Memcached::OPT_COMPRESSION_TYPE, Memcached::COMPRESSION_ZLIB); $m->set("zlib", str_repeat("fig ", 5000));
    $m->setOption(Memcached::OPT_SERIALIZER, Memcached::SERIALIZER_JSON); $m->set("json", ["a" => [1, 2]]);`);
});

afterAll(async () => {
  await cache.close();
  await sessions.close();
});

describe('the cache', () => {
  test.each<[string, unknown]>([
    ['text', 'Zoë'],
    ['int', 42],
    ['float', 1.5],
    ['yes', true],
    ['no', false],
    ['none', null],
    ['list', ['a', { k: 1.5 }]],
    ['long', 'fig '.repeat(5000)],
    ['zlib', 'fig '.repeat(5000)],
    ['json', { a: [1, 2] }],
  ])('reads what PHP stored as "%s"', async (key, expected) => {
    const value = await cache.get(key);
    const plain = value === undefined ? undefined : toPlain(value);
    expect(plain === undefined ? plain : JSON.parse(JSON.stringify(plain))).toEqual(expected);
  });

  test('deletes what PHP stored, and does not mind what is not there', async () => {
    await cache.invalidate(['int', 'missing']);
    expect(await cache.get('int')).toBeUndefined();
    expect(problems).toEqual([]);
  });
});

describe('sessions', () => {
  const id = 'e2e0123456789abcdefghijklm';
  const settings = [
    'session.save_handler=memcached',
    `session.save_path=${memcached}`,
    'session.use_cookies=0',
    'session.cache_limiter=',
  ];

  test('are read as PHP left them, without a lock and without a trace', async () => {
    php(
      `session_id("${id}"); session_start(); $_SESSION["Auth"] = ["User" => ["name" => "Zoë"]]; $_SESSION["cart"] = (object) ["n" => 2]; $_SESSION["copy"] = &$_SESSION["cart"];`,
      ...settings,
    );
    const read = await sessions.read(asking(`PHPSESSID=${id}`));
    expect(read.kind).toBe('loaded');
    const session = read.kind === 'unreadable' ? Session.none : Session.of(read);
    expect([session.get('Auth.User.name'), session.get('cart.n'), session.get('copy.n')]).toEqual([
      'Zoë',
      2,
      2,
    ]);
    expect(php(`session_id("${id}"); session_start(); echo $_SESSION["cart"]->n;`, ...settings)).toBe('2');
  });

  test('are read while PHP holds the lock, as they were before', async () => {
    const code = `session_id("${id}"); session_start(); $_SESSION["cart"]->n = 3; echo "open"; fgets(STDIN);`;
    const request = spawn(services.php, [...settings.flatMap((setting) => ['-d', setting]), '-r', code]);
    await once(request.stdout, 'data');
    const read = await sessions.read(asking(`PHPSESSID=${id}`));
    request.stdin.end('\n');
    await once(request, 'exit');
    expect(read.kind === 'loaded' && Session.of(read).get('cart.n')).toBe(2);
    const after = await sessions.read(asking(`PHPSESSID=${id}`));
    expect(after.kind === 'loaded' && Session.of(after).get('cart.n')).toBe(3);
  });

  test('are absent once PHP has destroyed them', async () => {
    php(`session_id("${id}"); session_start(); session_destroy();`, ...settings);
    expect(await sessions.read(asking(`PHPSESSID=${id}`))).toEqual({ kind: 'absent' });
  });
});
