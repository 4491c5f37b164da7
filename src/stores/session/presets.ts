// What `preset=` stands for: how each framework names, wraps and checks its sessions, and what can be said differently.
import { cakeSessions } from '../../php/frameworks/cakephp.ts';
import { ADDRESS_COLUMN, codeIgniterSessions } from '../../php/frameworks/codeigniter3.ts';
import type { SessionDialect } from '../../php/frameworks/dialect.ts';
import { drupalSessions, USER_COLUMN } from '../../php/frameworks/drupal.ts';
import { laravelKey, laravelSessions } from '../../php/frameworks/laravel.ts';
import { plainSessions } from '../../php/frameworks/plain.ts';
import { symfonySessions } from '../../php/frameworks/symfony.ts';
import type { UrlOptions } from '../url-options.ts';
import type { SessionTable } from './places/mysql-table.ts';
import type { PlaceKind, SessionSettings } from './settings.ts';

/** What a preset decides. */
export type Preset = {
  readonly places: readonly PlaceKind[];
  /** The URL's options that only this preset has. */
  readonly options: readonly string[];
  /** What stands before a session's id; undefined where only the application knows. */
  prefix(place: PlaceKind, options: UrlOptions): string | undefined;
  /** In memcached: whether the prefix is part of the key that chooses the server, and how servers are chosen. */
  readonly ring: { readonly hashPrefix: boolean; readonly distribution: 'consistent' | 'modula' | 'ketama' };
  /** How long the framework keeps a session by default, in seconds. */
  readonly lifetime: number;
  /** The places in which what is too old counts no more, although it is still there: PHP itself takes any file that it finds. */
  readonly endsAtOnce: readonly PlaceKind[];
  readonly table: Omit<SessionTable, 'endsAtOnce'>;
  /** What SESSION_KEY holds: nothing, one secret that may be left out, one that may not, several after each other. */
  readonly keys: 'none' | 'optional' | 'one' | 'list';
  dialect(settings: SessionSettings): SessionDialect;
};

export const presetNames = [
  'php',
  'cakephp2',
  'cakephp3',
  'cakephp4',
  'cakephp5',
  'laravel',
  'symfony',
  'codeigniter3',
  'wordpress',
  'drupal',
  'drupal7',
] as const;
export type PresetName = (typeof presetNames)[number];

const EVERYWHERE = ['memcached', 'memcache', 'redis', 'files', 'mysql'] as const;
/** php.ini's session.gc_maxlifetime. */
const GC_MAXLIFETIME = 1440;

const PHP_PREFIXES: Readonly<Record<PlaceKind, string>> = {
  memcached: 'memc.sess.key.',
  memcache: '',
  redis: 'PHPREDIS_SESSION:',
  files: 'sess_',
  mysql: '',
};

const php: Preset = {
  places: EVERYWHERE,
  options: [],
  prefix: (place) => PHP_PREFIXES[place],
  ring: { hashPrefix: false, distribution: 'consistent' },
  lifetime: GC_MAXLIFETIME,
  endsAtOnce: ['mysql'],
  table: { name: 'sessions', id: 'id', data: 'data', time: undefined, others: [] },
  keys: 'none',
  dialect: (settings) =>
    plainSessions({ ...named(settings, 'PHPSESSID'), userPaths: userPaths(settings) ?? [] }),
};

function cakephp(major: 2 | 3 | 4 | 5): Preset {
  const table = {
    ...php.table,
    name: major === 2 ? 'cake_sessions' : 'sessions',
    time: { column: 'expires', means: 'ends' },
  } as const;
  return {
    ...php,
    lifetime: major === 2 ? 240 * 60 : GC_MAXLIFETIME,
    endsAtOnce: [],
    table,
    keys: major === 2 ? 'optional' : 'none',
    dialect: (settings) =>
      cakeSessions({
        ...named(settings, major === 2 ? 'CAKEPHP' : 'PHPSESSID'),
        major,
        userPaths: userPaths(settings),
        salt: settings.keys[0],
        lifetime: settings.lifetime,
      }),
  };
}

const laravel: Preset = {
  ...php,
  places: ['memcached', 'redis', 'files', 'mysql'],
  options: ['guard', 'encrypt', 'cookies'],
  prefix: (place) => (place === 'files' || place === 'mysql' ? '' : undefined),
  ring: { hashPrefix: true, distribution: 'modula' },
  lifetime: 120 * 60,
  endsAtOnce: ['files', 'mysql'],
  table: { ...php.table, data: 'payload', time: { column: 'last_activity', means: 'used' } },
  keys: 'list',
  dialect: laravelDialect,
};

const WRAPPINGS = {
  memcached: 'none',
  memcache: 'none',
  files: 'none',
  redis: 'serialize',
  mysql: 'base64',
} as const;

function laravelDialect(settings: SessionSettings): SessionDialect {
  const { options, place, keys, serializer } = settings;
  return laravelSessions({
    name: named(settings, 'laravel_session').name,
    keys: keys.map((text) => {
      const key = laravelKey(text);
      if (!key) throw new Error('SESSION_KEY: a key of Laravel is base64: and 16 or 32 bytes; copy APP_KEY');
      return key;
    }),
    cookies: options.word('cookies', ['prefixed', 'bare', 'serialized']) ?? 'prefixed',
    serialization: serializer === 'json' ? 'json' : 'php',
    encrypted: options.switch('encrypt') ?? false,
    wrapping: WRAPPINGS[place],
    guard: options.text('guard') ?? 'web',
    userPaths: userPaths(settings),
  });
}

const symfony: Preset = {
  ...php,
  options: ['firewall'],
  prefix: (place) => ({ ...PHP_PREFIXES, memcached: 'sf2s', redis: 'sf_s' })[place],
  ring: { hashPrefix: true, distribution: 'ketama' },
  table: {
    name: 'sessions',
    id: 'sess_id',
    data: 'sess_data',
    time: { column: 'sess_lifetime', means: 'ends' },
    others: [],
  },
  dialect: (settings) =>
    symfonySessions({
      ...named(settings, 'PHPSESSID'),
      firewall: settings.options.text('firewall') ?? 'main',
      userPaths: userPaths(settings),
    }),
};

const codeigniter3: Preset = {
  ...php,
  places: ['memcached', 'redis', 'files', 'mysql'],
  options: ['matchIp'],
  prefix: (place, options) => {
    if (place === 'files') return options.text('name') ?? 'ci_session';
    return place === 'mysql' ? '' : 'ci_session:';
  },
  ring: { hashPrefix: true, distribution: 'modula' },
  lifetime: 7200,
  endsAtOnce: [],
  table: {
    ...php.table,
    name: 'ci_sessions',
    time: { column: 'timestamp', means: 'used' },
    others: [ADDRESS_COLUMN],
  },
  dialect: (settings) =>
    codeIgniterSessions({
      ...named(settings, 'ci_session'),
      userPaths: userPaths(settings) ?? ['user_id'],
      matchIp: settings.options.switch('matchIp') ?? false,
      address: ({ mysql: 'column', files: 'file' } as const)[settings.place as 'mysql' | 'files'] ?? 'key',
    }),
};

function drupal(major: 7 | 8): Preset {
  return {
    ...php,
    places: ['mysql'],
    options: major === 7 ? ['site', 'hashed'] : ['site'],
    lifetime: 200_000,
    endsAtOnce: [],
    table: {
      name: 'sessions',
      id: 'sid',
      data: 'session',
      time: { column: 'timestamp', means: 'used' },
      others: [USER_COLUMN],
    },
    dialect: (settings) =>
      drupalSessions({
        major,
        name: settings.options.text('name'),
        site: settings.options.text('site'),
        hashed: settings.options.switch('hashed') ?? true,
        serializer: settings.serializer ?? 'php',
        userPaths: userPaths(settings),
      }),
  };
}

/** WordPress has no sessions: its store is another (wordpress.ts), and only its settings are here. */
const wordpress: Preset = {
  ...php,
  places: ['mysql'],
  options: ['site'],
  prefix: () => 'wp_',
  keys: 'one',
  dialect: () => {
    throw new Error('WordPress has no dialect');
  },
};

export const presets: Readonly<Record<PresetName, Preset>> = {
  php,
  cakephp2: cakephp(2),
  cakephp3: cakephp(3),
  cakephp4: cakephp(4),
  cakephp5: cakephp(5),
  laravel,
  symfony,
  codeigniter3,
  wordpress,
  drupal: drupal(8),
  drupal7: drupal(7),
};

function named({ options, serializer }: SessionSettings, name: string) {
  return { name: options.text('name') ?? name, serializer: serializer ?? ('php' as const) };
}

/** `user=Auth.User.id`, with commas where there are several places to look. */
function userPaths({ options }: SessionSettings): readonly string[] | undefined {
  return options.text('user')?.split(',');
}
