// Which server a key is on, decided by PHP's own extensions and by ours.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createPlacement } from '../../../src/stores/memcache/memcache.ts';
import { parseMemcacheUrl } from '../../../src/stores/memcache/url.ts';
import { figure, record } from '../figures.ts';
import { type MemcachedServers, phpWithMemcache, startMemcachedServers } from './memcached-servers.ts';

const { php } = inject('services');
const KEYS = figure(200, 5_000);

/** Keys as applications have them, and any other bytes that PHP takes. */
const keys: Buffer[] = [
  ...fc.sample(
    fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes.map(printable))),
    { numRuns: KEYS / 2, seed: 1889 },
  ),
  ...Array.from({ length: KEYS / 2 }, (_, index) => Buffer.from(`category:${index % 7}:ä:${index * 37}`)),
];

function printable(byte: number): number {
  return byte <= 0x20 || byte === 0x7f ? 0x6b : byte;
}

/** Asks PHP for the index of each key's server. */
function ask(setUp: string, choose: string, command = php, settings: readonly string[] = []): number[] {
  const code = `${setUp} foreach (explode("\\n", trim(stream_get_contents(STDIN))) as $line) { $key = hex2bin($line); echo ${choose}, "\\n"; }`;
  const flags = settings.flatMap((setting) => ['-d', setting]);
  const input = keys.map((key) => key.toString('hex')).join('\n');
  const output = execFileSync(command, [...flags, '-r', code], { input, maxBuffer: 1 << 26 });
  return output.toString().trim().split('\n').map(Number);
}

function ours(url: string): number[] {
  const parsed = parseMemcacheUrl(url);
  if (!parsed.ok) throw new Error(parsed.error);
  return keys.map(createPlacement(parsed.value).server);
}

const HASHES = {
  default: 0,
  md5: 1,
  crc: 2,
  fnv1_64: 3,
  fnv1a_64: 4,
  fnv1_32: 5,
  fnv1a_32: 6,
  murmur: 8,
  jenkins: 9,
  murmur3: 10,
} as const;
const DISTRIBUTIONS = {
  modula: '',
  consistent: '$m->setOption(Memcached::OPT_DISTRIBUTION, Memcached::DISTRIBUTION_CONSISTENT);',
  ketama: '$m->setOption(Memcached::OPT_LIBKETAMA_COMPATIBLE, true);',
} as const;

describe('the extension memcached', () => {
  /** Host, port and weight; nobody is connected to. */
  const pools: Record<string, readonly (readonly [string, number, number])[]> = {
    'three servers': [
      ['127.0.0.1', 21_001, 1],
      ['127.0.0.1', 21_002, 1],
      ['127.0.0.1', 21_003, 1],
    ],
    'seven names, one on the port of memcached': [
      ...Array.from({ length: 6 }, (_, index) => [`cache-${index}.example.com`, 21_000 + index, 1] as const),
      ['main', 11_211, 1],
    ],
    'servers of different weight': [
      ['127.0.0.1', 21_001, 1],
      ['127.0.0.1', 21_002, 3],
      ['127.0.0.1', 21_003, 2],
      ['127.0.0.1', 21_004, 7],
    ],
  };
  let compared = 0;

  function placed(
    hash: keyof typeof HASHES,
    distribution: keyof typeof DISTRIBUTIONS,
    pool: string,
    more = '',
  ) {
    const servers = pools[pool] ?? [];
    const list = servers.map(([host, port, weight]) => `['${host}', ${port}, ${weight}]`).join(', ');
    const order = JSON.stringify(
      Object.fromEntries(servers.map(([host, port], at) => [`${host}:${port}`, at])),
    );
    const setUp = `$m = new Memcached; ${DISTRIBUTIONS[distribution]} $m->setOption(Memcached::OPT_HASH, ${HASHES[hash]}) or exit(1); ${more} $m->addServers([${list}]); $order = json_decode('${order}', true);`;
    compared += keys.length;
    return ask(setUp, '(($s = $m->getServerByKey($key)) ? $order["$s[host]:$s[port]"] : -1)');
  }

  function urlOf(pool: string, options: string): string {
    const servers = (pools[pool] ?? []).map((server) => server.join(':')).join(',');
    return `memcached://${servers}?${options}`;
  }

  const combinations = Object.keys(pools).flatMap((pool) =>
    (Object.keys(DISTRIBUTIONS) as (keyof typeof DISTRIBUTIONS)[]).flatMap((distribution) =>
      (Object.keys(HASHES) as (keyof typeof HASHES)[]).map((hash) => [pool, distribution, hash] as const),
    ),
  );

  test.each(combinations)('puts keys where we look for them: %s, %s, %s', (pool, distribution, hash) => {
    const url = urlOf(pool, `distribution=${distribution}&hash=${hash}`);
    expect(ours(url)).toEqual(placed(hash, distribution, pool));
  });

  test.each(['modula', 'consistent', 'ketama'] as const)(
    'hashes the prefix only if told to: %s',
    (distribution) => {
      const pool = 'three servers';
      const hash = distribution === 'ketama' ? 'md5' : 'default';
      const prefix = '$m->setOption(Memcached::OPT_PREFIX_KEY, "app.");';
      const without = urlOf(pool, `distribution=${distribution}&prefix=app.`);
      expect(ours(without)).toEqual(placed(hash, distribution, pool, prefix));
      const hashing = `${prefix} $m->setOption(Memcached::OPT_HASH_WITH_PREFIX_KEY, true);`;
      expect(ours(`${without}&hashPrefix=on`)).toEqual(placed(hash, distribution, pool, hashing));
    },
  );

  test.each(['modula', 'ketama'] as const)('sorts hosts as we do: %s', (distribution) => {
    const pool = 'seven names, one on the port of memcached';
    const hash = distribution === 'ketama' ? 'md5' : 'default';
    const sorting = '$m->setOption(Memcached::OPT_SORT_HOSTS, true);';
    const url = urlOf(pool, `distribution=${distribution}&sortHosts=on`);
    expect(ours(url)).toEqual(placed(hash, distribution, pool, sorting));
  });

  afterAll(() => {
    record({
      figure: 'Memcache: the server of a key, PHP’s extension memcached against ours',
      demanded: 'equal for modula, consistent and ketama, every hash, weights, prefixes, sorted hosts',
      measured: `${compared} choices in ${combinations.length + 8} configurations, equal`,
    });
  });
});

describe('the extension memcache', () => {
  let servers: MemcachedServers;
  let command: string;
  let compared = 0;

  beforeAll(async () => {
    command = await phpWithMemcache();
    servers = await startMemcachedServers(3);
  });
  afterAll(async () => {
    await servers.stop();
    record({
      figure: 'Memcache: the server of a key, PHP’s extension memcache against ours',
      demanded: 'equal for both strategies and both hashes, with and without weights',
      measured: `${compared} choices in 8 configurations, equal`,
    });
  });

  const configurations = (['standard', 'consistent'] as const).flatMap((strategy) =>
    (['crc32', 'fnv'] as const).flatMap((hash) =>
      [
        [1, 1, 1],
        [1, 3, 2],
      ].map((weights) => [strategy, hash, weights] as const),
    ),
  );

  test.each(configurations)(
    'puts keys where we look for them: %s, %s, weights %j',
    (strategy, hash, weights) => {
      const { ports } = servers;
      const add = ports
        .map((port, at) => `$m->addServer('127.0.0.1', ${port}, false, ${weights[at]});`)
        .join(' ');
      const order = JSON.stringify(Object.fromEntries(ports.map((port, at) => [`127.0.0.1:${port}`, at])));
      const setUp = `$m = new Memcache; ${add} $order = json_decode('${order}', true);`;
      const settings = [`memcache.hash_strategy=${strategy}`, `memcache.hash_function=${hash}`];
      const theirs = ask(setUp, '$order[$m->findServer($key)]', command, settings);
      const list = ports.map((port, at) => `127.0.0.1:${port}:${weights[at]}`).join(',');
      compared += keys.length;
      expect(ours(`memcache://${list}?strategy=${strategy}&hash=${hash}`)).toEqual(theirs);
    },
  );
});
