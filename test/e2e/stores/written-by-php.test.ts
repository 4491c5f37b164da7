// Keys that PHP wrote to three servers are found and read, however PHP was told to spread them.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { PhpValue } from '../../../src/php/value.ts';
import { createCache } from '../../../src/stores/memcache/cache.ts';
import { createMemcache } from '../../../src/stores/memcache/memcache.ts';
import { describeValue } from '../../php/oracle/php.ts';
import { figure, record } from '../figures.ts';
import { type MemcachedServers, phpWithMemcache, startMemcachedServers } from './memcached-servers.ts';

const DESCRIBE = fileURLToPath(new URL('../../php/oracle/describe.php', import.meta.url));
const WRITE = fileURLToPath(new URL('./written-by-php.php', import.meta.url));
const KEYS = figure(100, 1_000);

const services = inject('services');
let servers: MemcachedServers;
let phpMemcache: string;
/** How many keys were found and read right, configuration by configuration. */
let right: number[] = [];

beforeAll(async () => {
  phpMemcache = await phpWithMemcache();
  servers = await startMemcachedServers(3);
});
afterAll(() => servers.stop());

/** Keys of each configuration are its own: of every third some are not ASCII, or not UTF-8. */
function keysOf(configuration: number): Buffer[] {
  return Array.from({ length: KEYS }, (_, n) => {
    const key = `c${configuration}:item:${(n * 7919) % 100_003}`;
    if (n % 6 === 0) return Buffer.from(`${key}:Zoë-${n}-€`);
    return n % 6 === 3
      ? Buffer.concat([Buffer.from(key), Buffer.from([0xe9, 0x80 + (n % 0x7f), 0xff])])
      : Buffer.from(key);
  });
}

/** Has PHP write the keys; gives what it reads itself. */
function write(
  command: string,
  keys: readonly Buffer[],
  code: string,
  settings: readonly string[] = [],
): string[] {
  const program = `require ${JSON.stringify(DESCRIBE)}; require ${JSON.stringify(WRITE)}; ${code}`;
  const flags = settings.flatMap((setting) => ['-d', setting]);
  const input = keys.map((key) => key.toString('hex')).join('\n');
  const output = execFileSync(command, [...flags, '-r', program], { input, maxBuffer: 1 << 28 });
  return output.toString().trimEnd().split('\n');
}

/** Reads the keys as a handler would; a value that was not found is undefined. */
async function read(url: string, keys: readonly Buffer[]): Promise<(PhpValue | undefined)[]> {
  const problems: string[] = [];
  const cache = createCache(createMemcache(url), ({ code, message }) => problems.push(`${code}: ${message}`));
  const values: (PhpValue | undefined)[] = [];
  for (let at = 0; at < keys.length; at += 50)
    values.push(...(await Promise.all(keys.slice(at, at + 50).map((key) => cache.get(key)))));
  await cache.close();
  expect(problems).toEqual([]);
  return values;
}

async function compare(url: string, keys: readonly Buffer[], phps: readonly string[]): Promise<void> {
  const ours = (await read(url, keys)).map((value) =>
    value === undefined ? 'not found' : JSON.stringify(describeValue(value)),
  );
  const theirs = phps.map((line) => JSON.stringify(JSON.parse(line)));
  right.push(ours.filter((value, at) => value === theirs[at]).length);
  expect(ours).toEqual(theirs);
}

function addresses(weights: readonly number[]): string {
  return servers.ports.map((port, at) => `127.0.0.1:${port}:${weights[at]}`).join(',');
}

const EQUAL = [1, 1, 1];
const WEIGHTED = [1, 3, 2];

describe('the extension memcached', () => {
  const DISTRIBUTIONS = {
    modula: '',
    consistent: '$m->setOption(Memcached::OPT_DISTRIBUTION, Memcached::DISTRIBUTION_CONSISTENT);',
    ketama: '$m->setOption(Memcached::OPT_LIBKETAMA_COMPATIBLE, true);',
  };
  const PREFIXES = {
    '': '',
    'prefix=app.': '$m->setOption(Memcached::OPT_PREFIX_KEY, "app.");',
    'prefix=app.&hashPrefix=on':
      '$m->setOption(Memcached::OPT_PREFIX_KEY, "app."); $m->setOption(Memcached::OPT_HASH_WITH_PREFIX_KEY, true);',
  };
  const cases = (Object.keys(DISTRIBUTIONS) as (keyof typeof DISTRIBUTIONS)[]).flatMap((distribution) =>
    (Object.keys(PREFIXES) as (keyof typeof PREFIXES)[]).flatMap((prefix) =>
      [EQUAL, WEIGHTED].map((weights) => [distribution, prefix, weights] as const),
    ),
  );
  /**
   * Serializers and compressions take turns, so that all of them meet values of every type. PHP takes keys that are not ASCII in the
   * binary protocol only.
   */
  const WRITE_ALL = `
    $of = fn ($key) => preg_match('/[^ -~]/', $key) ? $binary : $text;
    write_all(function ($key, $value, $n) use ($of) {
      $m = $of($key);
      $serializers = [Memcached::SERIALIZER_PHP, Memcached::SERIALIZER_IGBINARY, Memcached::SERIALIZER_JSON, Memcached::SERIALIZER_MSGPACK];
      $m->setOption(Memcached::OPT_SERIALIZER, $serializers[intdiv($n, 21) % 4]);
      $m->setOption(Memcached::OPT_COMPRESSION_TYPE, $n % 2 ? Memcached::COMPRESSION_ZLIB : Memcached::COMPRESSION_FASTLZ);
      return $m->set($key, $value);
    }, fn ($key) => $of($key)->get($key));`;

  test.each(cases)('%s, %j, weights %j', async (distribution, prefix, weights) => {
    const keys = keysOf(right.length);
    const list = servers.ports.map((port, at) => `['127.0.0.1', ${port}, ${weights[at]}]`).join(', ');
    const options = `${DISTRIBUTIONS[distribution]} ${PREFIXES[prefix]} $m->addServers([${list}]); return $m;`;
    const setUp = `
      function client($binary) { $m = new Memcached; $m->setOption(Memcached::OPT_BINARY_PROTOCOL, $binary); ${options} }
      [$text, $binary] = [client(false), client(true)];`;
    const phps = write(services.php, keys, `${setUp} ${WRITE_ALL}`);
    const url = `memcached://${addresses(weights)}?distribution=${distribution}&timeout=5s&${prefix}`;
    await compare(url, keys, phps);
  });

  afterAll(() => {
    record({
      figure: 'Memcache: keys that PHP’s extension memcached wrote to 3 servers, found and read',
      demanded: 'all of 1,000 for modula, consistent and ketama, with and without prefix and weights',
      measured: `${Math.min(...right)} of ${KEYS} at least in each of ${right.length} configurations, values of 21 kinds, 4 serializers, keys not ASCII included`,
    });
    right = [];
  });
});

describe('the extension memcache', () => {
  const cases = (['standard', 'consistent'] as const).flatMap((strategy) =>
    (['crc32', 'fnv'] as const).flatMap((hash) =>
      ['', 'app_'].flatMap((prefix) =>
        [EQUAL, WEIGHTED].map((weights) => [strategy, hash, prefix, weights] as const),
      ),
    ),
  );

  test.each(cases)('%s, %s, prefix %j, weights %j', async (strategy, hash, prefix, weights) => {
    const plain = keysOf(100 + right.length);
    // What is no key to memcached is cleaned by this extension.
    const keys = plain.map((key, n) =>
      n % 10 === 1 ? Buffer.concat([key, Buffer.from(' two\twords')]) : key,
    );
    const add = servers.ports.map(
      (port, at) => `$m->addServer('127.0.0.1', ${port}, false, ${weights[at]});`,
    );
    // Of one key PHP gives false where null is stored; of a list of keys it gives null.
    const code = `$m = new Memcache; ${add.join(' ')} $m->setCompressThreshold(2000, 0.2);
      write_all(fn ($key, $value, $n) => $m->set($key, $value, $n % 4 ? 0 : MEMCACHE_COMPRESSED), fn ($key) => current($m->get([$key])));`;
    const settings = [`memcache.hash_strategy=${strategy}`, `memcache.hash_function=${hash}`];
    if (prefix !== '') settings.push(`memcache.prefix_static_key=${prefix}`);
    const phps = write(phpMemcache, keys, code, settings);
    const options = `strategy=${strategy}&hash=${hash}&timeout=5s&prefix=${prefix}`;
    await compare(`memcache://${addresses(weights)}?${options}`, keys, phps);
  });

  afterAll(() => {
    record({
      figure: 'Memcache: keys that PHP’s extension memcache wrote to 3 servers, found and read',
      demanded: 'all of 1,000 for both strategies and both hashes, with and without prefix and weights',
      measured: `${Math.min(...right)} of ${KEYS} at least in each of ${right.length} configurations, values of 21 kinds, keys not ASCII included`,
    });
  });
});
