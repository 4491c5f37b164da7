// Memcache: whether every server answers, and whether what PHP wrote is found where handlers look, and read right.
import { toPlain } from '../../php/path.ts';
import { type CacheProblem, createCache } from '../../stores/memcache/cache.ts';
import { createMemcache, createPlacement } from '../../stores/memcache/memcache.ts';
import type { ServerAddress } from '../../stores/memcache/placement.ts';
import { type MemcacheSettings, parseMemcacheUrl } from '../../stores/memcache/url.ts';
import { within } from './deadline.ts';
import { about, type Finding } from './finding.ts';
import { memcacheUrlOf } from './memcache-url.ts';
import type { PhpMemcached } from './php-side.ts';

const { ok, problem, skipped } = about('memcache');

/** What PHP says of its cache, if it says anything. */
export type MemcacheSide = {
  readonly found: PhpMemcached;
  /** What PHP runs on: the sign of a `char` decides where keys lie. */
  readonly machine: string;
};

/** Asks the servers, and looks for the keys that the probe has just written. */
export async function lookAtMemcache(
  url: string | undefined,
  php: MemcacheSide | { readonly error: string } | undefined,
): Promise<Finding[]> {
  if (url === undefined) return [skipped('servers', 'MEMCACHE_URL is not set.')];
  const parsed = parseMemcacheUrl(url);
  if (!parsed.ok) return [problem('servers', parsed.error)];
  const servers = await Promise.all(parsed.value.servers.map((server) => lookAtServer('servers', server)));
  if (!php)
    return [...servers, skipped('keys', 'PHP’s keys were not looked for: no probe, or no $memcached in it.')];
  if ('error' in php) return [...servers, problem('keys', `PHP could not use its Memcache: ${php.error}`)];
  const written = php.found.keys.filter(({ wrote }) => wrote);
  if (written.length === 0)
    return [
      ...servers,
      problem('keys', `PHP cannot write to its Memcache (${php.found.servers.join(', ')}).`),
    ];
  return [...servers, ...(await lookForKeys(url, parsed.value, php))];
}

/** Asks one server for a key that nobody has. */
export async function lookAtServer(name: string, server: ServerAddress): Promise<Finding> {
  const address = addressOf(server);
  const memcache = createMemcache(`memcached://${address}?timeout=2s`);
  try {
    const read = await within(memcache.get('banyan_probe_nothing'));
    if (read.ok) return ok(name, `${address} answers.`);
    return problem(
      name,
      read.error.message,
      `Start memcached on ${address}, or take it out of the URL if PHP does not use it.`,
    );
  } finally {
    memcache.close();
  }
}

async function lookForKeys(url: string, settings: MemcacheSettings, php: MemcacheSide): Promise<Finding[]> {
  const { found } = php;
  const read = await readKeys(url, found);
  const how = `PHP writes with ${found.class} (${[serializerOf(found), `${found.servers.length} server(s)`].join(', ')})`;
  if (read.missing.length === 0 && read.wrong.length === 0)
    return [
      ok('keys', `${read.right} of ${read.right} keys that PHP wrote are found and read right. ${how}.`),
    ];
  const right = memcacheUrlOf(found, php.machine);
  if (read.unasked !== undefined) {
    const cure = await provenCure(right, found);
    return [problem('keys', `The keys that PHP wrote could not be looked for: ${read.unasked}.`, cure)];
  }
  const isOther = settings.placement.extension !== found.extension;
  if (read.missing.length === 0 && !isOther) {
    const cure =
      'Handlers read the serializers php, igbinary, json and msgpack, compressed by zlib or fastlz, and by zstd from Node 22.15 on; not what setEncodingKey encrypts.';
    return [problem('serializer', `Keys are found, but not read: ${read.wrong[0]}. ${how}.`, cure)];
  }
  const [missing] = read.missing;
  const text =
    missing === undefined
      ? `Keys are found, but not read: what the extension ${found.extension} writes means something else to ${settings.placement.extension}.`
      : `${read.missing.length} of ${found.keys.length} keys that PHP wrote are not found. ${where(missing, settings, found)}`;
  return [problem('keys', text, (await provenCure(right, found)) ?? `Write MEMCACHE_URL=${right}`)];
}

type Read = {
  readonly right: number;
  readonly missing: readonly string[];
  readonly wrong: readonly string[];
  /** Why a server could not be asked; undefined where all of them answered. */
  readonly unasked: string | undefined;
};

async function readKeys(url: string, { keys }: PhpMemcached): Promise<Read> {
  const wrong: string[] = [];
  const unasked: string[] = [];
  const cache = createCache(createMemcache(url), ({ code, message }) =>
    (isOfServer(code) ? unasked : wrong).push(message),
  );
  const written = keys.filter(({ wrote }) => wrote);
  try {
    const values = await Promise.all(
      written.map(async ({ key }) => ({ key, value: await within(cache.get(key)) })),
    );
    const missing = values.filter(({ value }) => value === undefined).map(({ key }) => key);
    const odd = values.filter(
      ({ key, value }) =>
        value !== undefined &&
        !isAsWritten(
          value,
          keys.findIndex((one) => one.key === key),
        ),
    );
    wrong.push(...odd.map(({ key }) => `${key}: another value than PHP wrote`));
    const unread = missing.filter((key) => wrong.some((one) => one.startsWith(`${key}: `)));
    return {
      right: values.length - missing.length - odd.length,
      missing: missing.filter((key) => !unread.includes(key)),
      wrong,
      unasked: unasked[0],
    };
  } finally {
    await cache.close();
  }
}

function isOfServer(code: CacheProblem['code']): boolean {
  return code === 'unreachable' || code === 'timeout' || code === 'closed';
}

function isAsWritten(value: Parameters<typeof toPlain>[0], index: number): boolean {
  const written = { number: index, text: 'Zoë', list: [1.5, true, null] };
  return JSON.stringify(toPlain(value)) === JSON.stringify(written);
}

/** Says where PHP put a key, and where handlers look for it. */
function where(key: string, settings: MemcacheSettings, found: PhpMemcached): string {
  const placement = createPlacement(settings);
  const server = settings.servers[placement.server(Buffer.from(key))];
  const there = found.keys.find((one) => one.key === key)?.server ?? 'one of its servers';
  const name = `${found.prefix ?? ''}${key}`;
  const wire = placement.wireKey(Buffer.from(key))?.toString() ?? '';
  return `PHP put "${name}" on ${there}; handlers look for "${wire}" on ${server ? addressOf(server) : 'none'}.`;
}

/** Gives the URL that is made of what PHP says, if all keys are found with it. */
async function provenCure(right: string, found: PhpMemcached): Promise<string | undefined> {
  if (!parseMemcacheUrl(right).ok) return undefined;
  const { missing, unasked } = await readKeys(right, found);
  const isProven = missing.length === 0 && unasked === undefined;
  return isProven ? `Write MEMCACHE_URL=${right} (with it all of them are found)` : undefined;
}

const SERIALIZERS: Readonly<Record<number, string>> = {
  1: 'php',
  2: 'igbinary',
  3: 'json',
  4: 'json_array',
  5: 'msgpack',
};

function serializerOf({ serializer }: PhpMemcached): string {
  return `serializer ${serializer === undefined ? 'php' : (SERIALIZERS[serializer] ?? serializer)}`;
}

function addressOf({ host, port }: ServerAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
