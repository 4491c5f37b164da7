// From a SESSION_URL to the place that it names. Nothing is connected before the first read.
import { safeCharset } from '../mysql/session-settings.ts';
import type { PlaceOptions, SessionPlace } from './place.ts';
import { createFilesPlace } from './places/files.ts';
import { createMemcachePlace } from './places/memcache.ts';
import { createMysqlTablePlace, type MysqlTableOptions, type SessionTable } from './places/mysql-table.ts';
import { createRedisPlace } from './places/redis.ts';
import type { SessionSettings } from './settings.ts';

/** Creates the place. Throws at start-up if the URL is wrong. */
export function createPlace(settings: SessionSettings, now: () => number): SessionPlace {
  const { prefix, timeoutMs, lifetime } = settings;
  const options = { prefix, timeoutMs, lifetime, now };
  switch (settings.place) {
    case 'memcached':
    case 'memcache':
      return memcachePlace(settings);
    case 'redis':
      return redisPlace(settings, options);
    case 'files':
      return filesPlace(settings, options);
    case 'mysql':
      return createMysqlTablePlace({ ...mysqlServer(settings, options), table: tableOf(settings) });
  }
}

function memcachePlace(settings: SessionSettings): SessionPlace {
  const { options, preset, prefix, lifetime, known: otherOptions } = settings;
  const ring = options.word('ring', ['3', '2.2']);
  const distribution = ring === '2.2' ? 'modula' : preset.ring.distribution;
  const rules = { variable: 'SESSION_URL', prefix, distribution, otherOptions } as const;
  return createMemcachePlace(withHashedPrefix(settings), rules, lifetime);
}

/** What frameworks put before an id is part of the key; what PHP's own handler puts there is not. */
function withHashedPrefix({ url, place, options, preset }: SessionSettings): string {
  if (place === 'memcache' || !preset.ring.hashPrefix || options.text('hashPrefix') !== undefined) return url;
  return `${url}${url.includes('?') ? '&' : '?'}hashPrefix=on`;
}

function redisPlace(settings: SessionSettings, options: PlaceOptions): SessionPlace {
  const { authority, path, scheme, options: given } = settings;
  const parts = /^(?:([^:@]*)(?::([^@]*))?@)?([^@]+)$/.exec(authority);
  const database = /^\/?$/.test(path) ? 0 : Number(/^\/(\d{1,4})$/.exec(path)?.[1]);
  if (!parts || Number.isNaN(database))
    throw given.mistake('it must look like redis://host:6379/0, or redis://user:password@host:6379/0');
  const text = (part: string | undefined) => (part ? decodeURIComponent(part) : undefined);
  return createRedisPlace({
    ...options,
    servers: (parts[3] ?? '').split(',').map((server) => given.server(server, 6379)),
    tls: scheme === 'rediss',
    username: text(parts[1]),
    password: text(parts[2]),
    database,
  });
}

function filesPlace(
  { authority, path, options: given, preset }: SessionSettings,
  options: PlaceOptions,
): SessionPlace {
  if (authority !== '' || path === '')
    throw given.mistake('it must look like file:///var/lib/php/sessions, with three slashes');
  const folder = path.replace(/\/+$/, '') || '/';
  const endsAtOnce = preset.endsAtOnce.includes('files');
  return createFilesPlace({ ...options, folder, endsAtOnce, depth: given.whole('depth', 0, 16) ?? 0 });
}

/** Reads how the database is reached. */
export function mysqlServer(
  { url, options: given }: Pick<SessionSettings, 'url' | 'options'>,
  options: PlaceOptions,
): Omit<MysqlTableOptions, 'table'> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || parsed.hostname === '' || parsed.pathname.length < 2)
    throw given.mistake('it must look like mysql://user:password@host:3306/database?table=sessions');
  return {
    ...options,
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: Number(parsed.port || 3306),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    charset: safeCharset(given.text('charset') ?? null, (message) => given.mistake(message)),
    connections: given.whole('connections', 1, 1000) ?? 5,
  };
}

/** Reads how the table is laid out: the preset's way, and what the URL says differently. */
function tableOf({ options, preset, presetName }: SessionSettings): SessionTable {
  const { table } = preset;
  const ends = options.text('expiresColumn');
  const used = options.text('activityColumn');
  if (ends !== undefined && used !== undefined)
    throw options.mistake(
      'expiresColumn and activityColumn exclude each other: sessions have the one or the other',
    );
  const named =
    ends === undefined
      ? used && { column: used, means: 'used' as const }
      : { column: ends, means: 'ends' as const };
  if (!named && !table.time)
    throw options.mistake(
      `preset=${presetName} does not say how the table tells when a session ends: write expiresColumn=... (the time when it ends) or activityColumn=... (when it was last used), in seconds since 1970`,
    );
  return {
    ...table,
    name: options.text('table') ?? table.name,
    id: options.text('idColumn') ?? table.id,
    data: options.text('dataColumn') ?? table.data,
    time: named || table.time,
    endsAtOnce: preset.endsAtOnce.includes('mysql'),
  };
}
