// The environment → settings, or every mistake at once.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  environmentNames,
  environmentTable,
  readSettings,
  type Settings,
  trustedPeers,
} from '../src/environment.ts';
import { maskUserInfo } from '../src/mask.ts';

function read(source: Readonly<Record<string, string>>, cores = 4): Settings {
  const result = readSettings(source, cores);
  if (!result.ok) throw new Error(result.errors.join('\n'));
  return result.settings;
}

function errors(source: Readonly<Record<string, string>>): readonly string[] {
  const result = readSettings(source, 4);
  return result.ok ? [] : result.errors;
}

test('an empty environment gives the defaults', () => {
  expect(read({})).toEqual({
    routes: { file: 'routes.yaml', asked: false, stages: undefined },
    handlers: 'handlers',
    listen: { kind: 'address', host: '127.0.0.1', port: 8000 },
    adminListen: { host: '127.0.0.1', port: 9901 },
    adminToken: undefined,
    legacyUrl: undefined,
    mysqlUrl: undefined,
    memcacheUrl: undefined,
    sessionUrl: undefined,
    sessionKey: undefined,
    hosts: [],
    trustedProxies: [],
    workers: 1,
    logLevel: 'info',
    accessLog: true,
    drainDelay: 0,
    drainTimeout: 30_000,
  });
});

test('a variable that is set to nothing is as one that is not set', () => {
  const empty = Object.fromEntries(environmentNames.map((name) => [name, '']));
  const blank = Object.fromEntries(environmentNames.map((name) => [name, '  ']));
  expect(read(empty)).toEqual(read({}));
  expect(read(blank)).toEqual(read({}));
});

test('a full environment is read', () => {
  const settings = read({
    ROUTES: '/etc/banyan/routes.yaml',
    HANDLERS: 'dist/handlers',
    LISTEN: ':80',
    ADMIN_LISTEN: '[::1]:9000',
    ADMIN_TOKEN: 'token',
    LEGACY_URL: 'http://php',
    MYSQL_URL: 'mysql://shop:pw@db/shop',
    MEMCACHE_URL: 'memcached://a:11211,b:11211?distribution=ketama',
    SESSION_URL: 'memcached://a',
    SESSION_KEY: 'base64:AAAA',
    HOSTS: 'Shop.example.com, *.EXAMPLE.org',
    TRUSTED_PROXIES: '10.0.0.0/8,::1',
    WORKERS: '2',
    LOG_LEVEL: 'warn',
    ACCESS_LOG: 'off',
    DRAIN_DELAY: '5s',
    DRAIN_TIMEOUT: '1.5m',
  });
  expect(settings).toEqual({
    routes: { file: '/etc/banyan/routes.yaml', asked: true, stages: undefined },
    handlers: 'dist/handlers',
    listen: { kind: 'address', host: '::', port: 80 },
    adminListen: { host: '::1', port: 9000 },
    adminToken: 'token',
    legacyUrl: 'http://php',
    mysqlUrl: 'mysql://shop:pw@db/shop',
    memcacheUrl: 'memcached://a:11211,b:11211?distribution=ketama',
    sessionUrl: 'memcached://a',
    sessionKey: 'base64:AAAA',
    hosts: ['shop.example.com', '*.example.org'],
    trustedProxies: ['10.0.0.0/8', '::1'],
    workers: 2,
    logLevel: 'warn',
    accessLog: false,
    drainDelay: 5_000,
    drainTimeout: 90_000,
  });
});

test('a secret is taken as it stands, spaces at its ends included', () => {
  expect(read({ SESSION_KEY: ' a b,c ' }).sessionKey).toBe(' a b,c ');
});

test('settings are plain values, so that they can be sent to workers', () => {
  const settings = read({ HOSTS: 'a', TRUSTED_PROXIES: '10.0.0.0/8' });
  expect(structuredClone(settings)).toEqual(settings);
});

describe('LISTEN', () => {
  test.each([
    ['127.0.0.1:0', { kind: 'address', host: '127.0.0.1', port: 0 }],
    ['localhost:8000', { kind: 'address', host: 'localhost', port: 8000 }],
    [':8000', { kind: 'address', host: '::', port: 8000 }],
    ['0.0.0.0:65535', { kind: 'address', host: '0.0.0.0', port: 65535 }],
    ['[::]:80', { kind: 'address', host: '::', port: 80 }],
    ['fd:3', { kind: 'fd', fd: 3 }],
  ])('%s', (text, listen) => {
    expect(read({ LISTEN: text }).listen).toEqual(listen);
  });

  test.each(['8000', 'localhost', 'a:65536', 'a:b', '::1:80', '[x]:80', 'fd:', 'http://a:80'])(
    '%s cannot be read',
    (text) => {
      expect(errors({ LISTEN: text })).toEqual([
        `LISTEN="${text}" cannot be read: write host:port, :port or fd:3`,
      ]);
    },
  );
});

describe('WORKERS', () => {
  test('auto is one a core', () => {
    expect(read({ WORKERS: 'auto' }, 6).workers).toBe(6);
  });

  test.each(['0', '257', '-1', '1.5', 'many'])('%s cannot be read', (text) => {
    expect(errors({ WORKERS: text })).toEqual([
      `WORKERS="${text}" cannot be read: write a number from 1 to 256, or auto`,
    ]);
  });
});

test.each([
  ['0ms', 0],
  ['250ms', 250],
  ['0s', 0],
  ['30s', 30_000],
  ['2m', 120_000],
])('DRAIN_TIMEOUT=%s is %d ms', (text, ms) => {
  expect(read({ DRAIN_TIMEOUT: text }).drainTimeout).toBe(ms);
});

test('every mistake is told at once, with its variable and the cure', () => {
  const wrong = {
    LISTEN: 'x',
    ADMIN_LISTEN: '9901',
    TRUSTED_PROXIES: '10.0.0.0/33',
    WORKERS: '0',
    LOG_LEVEL: 'loud',
    ACCESS_LOG: 'yes',
    DRAIN_TIMEOUT: '30',
    MYSQL_URL: 'postgres://shop:secret@db/shop',
    MEMCACHE_URL: 'a:11211',
    SESSION_URL: 'ftp://a',
  };
  const told = errors(wrong);
  expect(told.map((error) => error.split('=')[0])).toEqual(Object.keys(wrong));
  for (const error of told) expect(error).toMatch(/ cannot be read: write /);
});

test.each(['memcached://a', 'memcache://a:11211?strategy=standard'])(
  'MEMCACHE_URL may be %s, after the extension that PHP has',
  (url) => {
    expect(read({ MEMCACHE_URL: url }).memcacheUrl).toBe(url);
  },
);

test('a mistake shows no password', () => {
  const told = errors({ MYSQL_URL: 'postgres://shop:sec/r@et@db/shop' });
  expect(told).toEqual([
    'MYSQL_URL="postgres://***@db/shop" cannot be read: write mysql://user:password@host/name',
  ]);
});

test.each(['10.0.0.0/33', '::1/129', '10.0.0', 'localhost', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1'])(
  'TRUSTED_PROXIES=%s is no range',
  (text) => {
    expect(errors({ TRUSTED_PROXIES: `127.0.0.1, ${text}` })).toHaveLength(1);
  },
);

describe('trustedPeers', () => {
  test('nobody is trusted by default', () => {
    expect(['127.0.0.1', '::1', ''].some(trustedPeers([]))).toBe(false);
  });

  const isTrusted = trustedPeers(['10.1.0.0/16', '192.0.2.7', '2001:db8::/32', '::1']);

  test.each([
    '10.1.0.0',
    '10.1.255.255',
    '192.0.2.7',
    '::ffff:10.1.2.3',
    '2001:db8:ffff::1',
    '::1',
    '0:0:0:0:0:0:0:1',
  ])('%s is trusted', (address) => {
    expect(isTrusted(address)).toBe(true);
  });

  test.each([
    '10.0.255.255',
    '10.2.0.0',
    '192.0.2.8',
    '::ffff:10.2.0.1',
    '2001:db9::',
    '::2',
    '',
    'unix',
    '10.1',
  ])('"%s" is not', (address) => {
    expect(isTrusted(address)).toBe(false);
  });

  test('a range holds exactly the addresses that share its bits', () => {
    const number = (address: readonly number[]) => address.reduce((sum, byte) => sum * 256 + byte, 0);
    const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
    fc.assert(
      fc.property(address, address, fc.integer({ min: 0, max: 32 }), (network, peer, bits) => {
        const size = 2 ** (32 - bits);
        const expected = Math.floor(number(network) / size) === Math.floor(number(peer) / size);
        expect(trustedPeers([`${network.join('.')}/${bits}`])(peer.join('.'))).toBe(expected);
      }),
    );
  });
});

test.each([
  ['http://user:pw@host/a', 'http://***@host/a'],
  ['http://user@host', 'http://***@host'],
  ['http://host/a', 'http://host/a'],
  ['mysql://a:p@q@h', 'mysql://***@h'],
])('%s is shown as %s', (url, shown) => {
  expect(maskUserInfo(url)).toBe(shown);
});

test('docs/environment.md names every variable and no other, with its default', () => {
  const text = readFileSync(new URL('../docs/environment.md', import.meta.url), 'utf8');
  const [table = ''] = text.split('\n## ');
  const rows = [...table.matchAll(/^\| `([^`]+)` \| (?:`([^`]*)`)? ?\| \S/gm)];
  expect(rows.map(([, name, fallback = '']) => [name, fallback])).toEqual(
    environmentNames.map((name) => [name, environmentTable[name].default]),
  );
});
