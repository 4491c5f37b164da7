// What doctor makes of what PHP says: URLs, the visitor, clocks, and the shape of a session.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { maskedUrl } from '../../../src/cli/doctor/masked-url.ts';
import { memcacheUrlOf } from '../../../src/cli/doctor/memcache-url.ts';
import { readPhpSide } from '../../../src/cli/doctor/php-side.ts';
import { lookAtSessions } from '../../../src/cli/doctor/session.ts';
import { sessionShape } from '../../../src/cli/doctor/session-shape.ts';
import { sessionUrlOf } from '../../../src/cli/doctor/session-url.ts';
import { lookAtTime } from '../../../src/cli/doctor/time.ts';
import { lookAtVisitor } from '../../../src/cli/doctor/visitor.ts';
import { PhpObject, type PhpValue } from '../../../src/php/value.ts';
import { askPhp } from '../../php/oracle/php.ts';

describe('the SESSION_URL', () => {
  const url = (handler: string, path: string, ini: Record<string, string> = {}, name = 'PHPSESSID') =>
    sessionUrlOf({ handler, name, id: 'x', ini: { 'session.save_path': path, ...ini } });

  it.each<[string, string, Record<string, string>, string | undefined]>([
    ['memcached', 'a:11211,b:11211', {}, 'memcached://a:11211,b:11211'],
    ['memcached', 'a:11211, b:11212:3', {}, 'memcached://a:11211,b:11212:3'],
    ['memcached', 'a:1', { 'memcached.sess_consistent_hash': '0' }, 'memcached://a:1?distribution=modula'],
    [
      'memcached',
      'a:1',
      { 'memcached.sess_consistent_hash': '1', 'memcached.sess_consistent_hash_type': 'ketama_weighted' },
      'memcached://a:1?distribution=ketama',
    ],
    ['memcache', 'tcp://a:11211?weight=1&timeout=1, tcp://b:11211', {}, 'memcache://a:11211,b:11211'],
    ['redis', 'tcp://a:6379', {}, 'redis://a:6379'],
    ['redis', 'tcp://a:6379?database=2&auth=***', {}, 'redis://:PASSWORD@a:6379/2'],
    ['redis', 'tls://a:6379?auth[user]=***&auth[pass]=***', {}, 'rediss://USER:PASSWORD@a:6379'],
    ['redis', 'tcp://a:6379?weight=1, tcp://b:6380?weight=2', {}, 'redis://a:6379,b:6380:2'],
    ['files', '/var/lib/php/sessions', {}, 'file:///var/lib/php/sessions'],
    ['files', '2;0600;/srv/s', {}, 'file:///srv/s?depth=2'],
    ['files', '', { 'session.gc_maxlifetime': '3600' }, 'file:///tmp?lifetime=3600s'],
    ['user', '', {}, undefined],
  ])('for the handler %s at %j with %j is %s', (handler, path, ini, expected) => {
    expect(url(handler, path, ini)).toBe(expected);
  });
});

it.each([
  [{ distribution: 0, ketama: false, hash: 0 }, 'x86_64', 'memcached://a:1,b:2:3'],
  [{ distribution: 0, ketama: false, hash: 8 }, 'x86_64', 'memcached://a:1,b:2:3?hash=murmur'],
  [
    { distribution: 1, ketama: false, hash: 0, prefix: 'a b' },
    'x86_64',
    'memcached://a:1,b:2:3?distribution=consistent&prefix=a%20b',
  ],
  [
    { distribution: 1, ketama: true, hash: 1 },
    'aarch64',
    'memcached://a:1,b:2:3?distribution=ketama&signedChar=off',
  ],
])('the MEMCACHE_URL for %j on %s is %s', (settings, machine, expected) => {
  const php = { class: 'Memcached', extension: 'memcached' as const, keys: [], servers: ['a:1', 'b:2:3'] };
  expect(memcacheUrlOf({ ...php, ...settings }, machine)).toBe(expected);
});

describe('the visitor', () => {
  const seen = {
    REMOTE_ADDR: '203.0.113.77',
    HTTPS: 'on',
    HTTP_HOST: 'shop.example.com',
    HTTP_X_FORWARDED_FOR: '203.0.113.77, 10.0.0.1',
    HTTP_X_FORWARDED_PROTO: 'https',
  };
  const levels = (differing: Record<string, string | null>) =>
    lookAtVisitor({ ...seen, ...differing }, true, 'shop.example.com').map(
      ({ name, level }) => `${name} ${level}`,
    );

  it.each<[string, Record<string, string | null>, string[]]>([
    ['well', {}, ['address ok', 'https ok', 'host ok']],
    [
      'with the edge for the visitor',
      { REMOTE_ADDR: '10.0.0.1' },
      ['address warning', 'https ok', 'host ok'],
    ],
    [
      'with no address at all',
      { HTTP_X_FORWARDED_FOR: null },
      ['trusted warning', 'address problem', 'https skipped', 'host ok'],
    ],
    ['with https by its field only', { HTTPS: null }, ['address ok', 'https warning', 'host ok']],
    [
      'without https',
      { HTTPS: 'off', HTTP_X_FORWARDED_PROTO: null },
      ['address ok', 'https problem', 'host ok'],
    ],
    ['by another host', { HTTP_HOST: 'legacy.internal' }, ['address ok', 'https ok', 'host problem']],
    [
      'by an edge that does not believe doctor',
      { HTTP_X_FORWARDED_FOR: '10.0.0.9', HTTP_X_FORWARDED_PROTO: 'http', REMOTE_ADDR: '10.0.0.9' },
      ['trusted warning', 'address skipped', 'https skipped', 'host ok'],
    ],
  ])('is seen %s', (_, differing, expected) => {
    expect(levels(differing)).toEqual(expected);
  });
});

it('clocks that are more than two seconds apart are told', () => {
  const levels = (phpMs: number | undefined, mysqlMs: number) =>
    lookAtTime({ phpMs, mysqlMs, php: undefined, mysql: undefined }).map(({ level, text }) => [level, text]);
  expect(levels(undefined, 1900).map(([level]) => level)).toEqual(['skipped', 'ok', 'skipped']);
  expect(levels(-90_000, 3000).slice(0, 2)).toEqual([
    ['warning', "PHP's clock is 90.0 s behind the edge's."],
    ['warning', "MySQL's clock is 3.0 s ahead of the edge's."],
  ]);
});

describe('the shape of a session', () => {
  it('has names and types, and never a value', () => {
    const user = new PhpObject('User', {
      properties: new Map<string, PhpValue>([['\0User\0mail', 'ada@example.com']]),
    });
    const values = new Map<string, PhpValue>([
      ['user', user],
      ['cart', new Map([[7, 2]])],
      ['none', null],
      ['yes', true],
      ['raw', Buffer.from([0xff])],
      ['\x1b[2Jname', 'x'],
    ]);
    expect(sessionShape(values)).toEqual([
      'user: User',
      '  mail: text of 15 bytes',
      'cart: array of 1',
      '  7: number',
      'none: null',
      'yes: bool',
      'raw: 1 bytes',
      '?[2Jname: text of 1 bytes',
    ]);
  });

  it('is cut where it is large, deep or turns on itself', () => {
    const round = new Map<string, PhpValue>();
    round.set('again', round);
    expect(sessionShape(round)).toHaveLength(4);
    const large = new Map(Array.from({ length: 500 }, (_, index) => [`k${index}`, index] as const));
    expect(sessionShape(large)).toHaveLength(61);
  });
});

it('an address is shown without what its options say of passwords', () => {
  expect(maskedUrl('redis://:secret@a:6379/0?auth=b&name=c&app_key=d')).toBe(
    'redis://***@a:6379/0?auth=***&name=c&app_key=***',
  );
});

it('the probe tells no password of a save_path', () => {
  const probe = new URL('../../../legacy-fixtures/banyan-probe.php', import.meta.url);
  const [masked] = /function banyan_probe_masked[\s\S]*?\n}/.exec(readFileSync(probe, 'utf8')) ?? [];
  const paths = ['auth=hush', 'auth[]=u&auth[]=hush', 'auth[user]=u&auth[pass]=hush', 'auth%5Bpass%5D=hush'];
  const code = `if (!function_exists('banyan_probe_masked')) { ${masked} } return banyan_probe_masked($in);`;
  const shown = askPhp(
    code,
    paths.map((path) => `tcp://a:6379?database=2&${path}&prefix=p`),
  );
  expect(shown).toEqual(
    ['auth=***', 'auth[]=***&auth[]=***', 'auth[user]=***&auth[pass]=***', 'auth%5Bpass%5D=***'].map(
      (path) => `tcp://a:6379?database=2&${path}&prefix=p`,
    ),
  );
});

it('several servers of Redis in one URL are asked, and told by name', async () => {
  const url = 'redis://127.0.0.1:1:1,127.0.0.1:1:2/3';
  const found = await lookAtSessions({ url, key: undefined, php: undefined, cookie: undefined, host: 'a' });
  expect(found[0]).toMatchObject({
    level: 'problem',
    text: expect.stringContaining('Redis at 127.0.0.1:1'),
  });
});

it('what is not the probe is not taken for it', () => {
  for (const text of ['', '<html>', '{}', '{"probe":2}', 'null']) expect(readPhpSide(text)).toBeUndefined();
  const early = { probe: 1, connect: 'ended early', server: {}, time: { unix: 1.5 } };
  expect(readPhpSide(JSON.stringify(early))).toEqual(early);
});
