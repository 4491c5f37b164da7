// Where keys are: golden choices of the real libmemcached, and what a URL says of it.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createPlacement, type MemcacheKey } from '../../../src/stores/memcache/memcache.ts';
import { parseMemcacheUrl } from '../../../src/stores/memcache/url.ts';

interface Selection {
  servers: Record<string, string[]>;
  keysHex: string[];
  res: Record<string, Record<string, string>>;
}

const file = new URL('../../vectors/libmemcached-server-selection.json', import.meta.url);
const vectors: Selection = JSON.parse(readFileSync(file, 'utf8'));
const keys = vectors.keysHex.map((hex) => Buffer.from(hex, 'hex'));

function placement(url: string) {
  const parsed = parseMemcacheUrl(url);
  if (!parsed.ok) throw new Error(parsed.error);
  return createPlacement(parsed.value);
}

describe('placement', () => {
  const cases: [string, string, string][] = ['loop', 'names'].flatMap(
    (servers): [string, string, string][] => [
      [servers, '', 'modula'],
      [servers, 'distribution=consistent', 'dist_consistent'],
      [servers, 'distribution=ketama', 'libketama_compat'],
      [servers, 'distribution=consistent&hash=md5', 'consistent+md5'],
      [servers, 'hash=md5', 'modula+md5'],
      [servers, 'hash=crc', 'modula+crc'],
      [servers, 'hash=fnv1a_32', 'modula+fnv1a_32'],
      [servers, 'hash=murmur', 'modula+murmur'],
      [servers, 'prefix=app:', 'modula+prefix'],
      [servers, 'distribution=ketama&prefix=app:', 'compat+prefix'],
    ],
  );
  const weighted: [string, string, string][] = [
    ['weighted', 'distribution=ketama', 'wcompat'],
    ['weighted', '', 'wmodula'],
    ['weighted', 'distribution=consistent', 'wconsistent'],
  ];

  test.each([...cases, ...weighted])(
    'puts keys on the servers "%s" by %j where libmemcached puts them',
    (name, options, column) => {
      const servers = vectors.servers[name]?.map((server) => server.replace(':w', ':')).join(',');
      const { server } = placement(`memcached://${servers}?${options}`);
      expect(keys.map(server).join('')).toBe(vectors.res[name]?.[column]);
    },
  );

  test.each<[string, MemcacheKey, string | undefined]>([
    ['memcached://a?prefix=app.', 'key', 'app.key'],
    ['memcached://a?prefix=app.', '', undefined],
    ['memcached://a', 'two words', undefined],
    ['memcached://a', 'x'.repeat(250), 'x'.repeat(250)],
    ['memcached://a?prefix=p', 'x'.repeat(250), undefined],
    ['memcache://a?prefix=app.', 'key', 'app.key'],
    ['memcache://a', 'two words\tmore\n', 'two_words_more_'],
    ['memcache://a?prefix=p', 'x'.repeat(250), `p${'x'.repeat(249)}`],
    ['memcache://a', '', undefined],
  ])('with %s the key %j goes by %j', (url, key, wire) => {
    expect(placement(url).wireKey(Buffer.from(key))?.toString()).toBe(wire);
  });
});

describe('URLs', () => {
  test('name servers, weights, deadline and everything that places keys', () => {
    const url =
      'memcached://a,b:11212:3,[::1]:3?prefix=x.&timeout=1s&distribution=consistent&hash=crc&hashPrefix=on&sortHosts=on&signedChar=off';
    expect(parseMemcacheUrl(url)).toEqual({
      ok: true,
      value: {
        servers: [
          { host: 'a', port: 11211, weight: 1 },
          { host: 'b', port: 11212, weight: 3 },
          { host: '::1', port: 3, weight: 1 },
        ],
        timeout: 1000,
        placement: {
          extension: 'memcached',
          distribution: 'consistent',
          hash: 'crc',
          prefix: 'x.',
          hashPrefix: true,
          sortHosts: true,
          signedChar: false,
        },
      },
    });
  });

  test.each([
    [
      'memcached://a',
      {
        extension: 'memcached',
        distribution: 'modula',
        hash: 'default',
        prefix: '',
        hashPrefix: false,
        sortHosts: false,
        signedChar: true,
      },
    ],
    [
      'memcache://a',
      { extension: 'memcache', strategy: 'consistent', hash: 'crc32', prefix: '', signedChar: true },
    ],
    [
      'memcache://a?strategy=standard&hash=fnv&prefix=p.',
      { extension: 'memcache', strategy: 'standard', hash: 'fnv', prefix: 'p.', signedChar: true },
    ],
  ])('%s means PHP’s defaults where it says nothing', (url, expected) => {
    expect(parseMemcacheUrl(url)).toMatchObject({ ok: true, value: { placement: expected } });
  });

  test('keys are hashed by MD5 on the ring that is compatible with ketama', () => {
    expect(parseMemcacheUrl('memcached://a?distribution=ketama')).toMatchObject({
      value: { placement: { hash: 'md5' } },
    });
  });

  test.each([
    ['', 'it must look like memcached://host:port,host:port?timeout=150ms'],
    ['http://a', 'it must look like memcached://host:port,host:port?timeout=150ms'],
    ['memcached://', 'it must look like memcached://host:port,host:port?timeout=150ms'],
    ['memcached://a:x', 'the server "a:x" must be written like host:port or host:port:weight'],
    ['memcached://a,,b', 'the server "" must be written like host:port or host:port:weight'],
    ['memcached://a:0', 'the server "a:0" must be written like host:port or host:port:weight'],
    ['memcached://a:1:0', 'the server "a:1:0" must be written like host:port or host:port:weight'],
    ['memcached://u:p@a', 'user names and passwords are not supported'],
    ['memcached://a?timeout=5', 'timeout cannot be "5": write a duration as'],
    ['memcached://a?distribution=ketame', 'distribution cannot be "ketame": did you mean "ketama"?'],
    ['memcached://a?hash=sha1', 'hash cannot be "sha1": use one of: default, md5, crc,'],
    ['memcached://a?distributon=ketama', 'there is no option "distributon": did you mean "distribution"?'],
    ['memcached://a?hashPrefix=yes', 'hashPrefix cannot be "yes": use one of: on, off'],
    ['memcached://a?strategy=standard', 'there is no option "strategy": use one of: prefix, timeout,'],
    ['memcache://a?distribution=modula', 'there is no option "distribution": use one of: prefix, timeout,'],
    ['memcache://a?hash=md5', 'hash cannot be "md5": use one of: crc32, fnv'],
  ])('%j is refused: %s', (url, message) => {
    const parsed = parseMemcacheUrl(url, { variable: 'SOME_URL' });
    expect(parsed).toMatchObject({ ok: false, error: expect.stringContaining(`SOME_URL: ${message}`) });
  });
});
