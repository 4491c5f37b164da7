// Environment → Settings, once at start. This is the only file that reads the environment's names.
import { BlockList, isIP } from 'node:net';
import { DURATION_CURE, parseDuration } from './duration.ts';
import { maskUserInfo } from './mask.ts';
import { isNetwork } from './network.ts';

/** Where the edge listens: an address, or a socket that somebody else has bound (`fd:3`). */
export type Listen =
  | { readonly kind: 'address'; readonly host: string; readonly port: number }
  | { readonly kind: 'fd'; readonly fd: number };

/** Everything that comes from outside. Plain values: it is sent to the workers as it is. */
export type Settings = {
  readonly routes: {
    readonly file: string;
    readonly asked: boolean;
    readonly stages: string | undefined;
  };
  readonly handlers: string;
  readonly listen: Listen;
  readonly adminListen: { readonly host: string; readonly port: number };
  readonly adminToken: string | undefined;
  readonly edgeUrl: string | undefined;
  readonly legacyUrl: string | undefined;
  readonly mysqlUrl: string | undefined;
  readonly memcacheUrl: string | undefined;
  readonly sessionUrl: string | undefined;
  /** The secrets with which a framework signs or encrypts its sessions. */
  readonly sessionKey: string | undefined;
  /** Allowed Host names in lower case, `*.example.com` included; empty allows all. */
  readonly hosts: readonly string[];
  /** Addresses and CIDR ranges whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly workers: number;
  readonly logLevel: LogLevel;
  readonly accessLog: boolean;
  /** How long the edge goes on as before after it was told to stop, in milliseconds; readiness fails at once. */
  readonly drainDelay: number;
  /** How long requests in flight may take when the edge stops, in milliseconds. */
  readonly drainTimeout: number;
};

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

type Variable = { readonly default: string; readonly about: string };

/** Every variable the edge reads, with its default. docs/environment.md is this table. */
export const environmentTable = {
  ROUTES: { default: 'routes.yaml', about: 'The routes file.' },
  STAGES: {
    default: '',
    about: 'A file of stages (name: stage) that hold in place of those in the routes file.',
  },
  HANDLERS: { default: 'handlers', about: 'The folder of handler modules.' },
  LISTEN: {
    default: '127.0.0.1:8000',
    about: 'Where browsers come in: host:port, :port for all addresses, or fd:3.',
  },
  ADMIN_LISTEN: { default: '127.0.0.1:9901', about: 'Where metrics, health and the admin API are served.' },
  ADMIN_TOKEN: {
    default: '',
    about: 'The token that the admin API asks for; needed when it is not on loopback.',
  },
  EDGE_URL: { default: '', about: 'The address that browsers know the edge by: banyan doctor asks there.' },
  LEGACY_URL: { default: '', about: 'The legacy application, where routes.yaml does not say.' },
  MYSQL_URL: {
    default: '',
    about: 'The database that handlers share with legacy: mysql://user:password@host/name.',
  },
  MEMCACHE_URL: {
    default: '',
    about:
      'The Memcache that PHP fills: memcached://host:port,host:port, or memcache:// where the extension memcache does.',
  },
  SESSION_URL: {
    default: '',
    about:
      'Where PHP keeps its sessions: memcached://, memcache://, redis://, file:// or mysql://, see docs/php.md.',
  },
  SESSION_KEY: {
    default: '',
    about:
      'The secret of a framework that signs or encrypts: the present one, then those before, with commas.',
  },
  HOSTS: {
    default: '',
    about: 'The Host names served, separated by commas; *.example.com allowed. Empty: all.',
  },
  TRUSTED_PROXIES: {
    default: '',
    about: 'Addresses and ranges whose forwarding headers are believed. Empty: nobody.',
  },
  WORKERS: { default: '1', about: 'How many processes serve: a number, or auto for one a core.' },
  LOG_LEVEL: { default: 'info', about: `How much is logged: ${LOG_LEVELS.join(', ')}.` },
  ACCESS_LOG: { default: 'on', about: 'Whether each request is logged: on or off.' },
  DRAIN_DELAY: {
    default: '0s',
    about:
      'How long the edge still accepts connections when it is told to stop, so that load balancers notice.',
  },
  DRAIN_TIMEOUT: { default: '30s', about: 'How long requests in flight may take when the edge stops.' },
} as const satisfies Record<string, Variable>;

export type EnvironmentName = keyof typeof environmentTable;
export const environmentNames = Object.keys(environmentTable) as readonly EnvironmentName[];

export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly errors: readonly string[] };

type Source = Readonly<Partial<Record<string, string>>>;

/** Parses the environment; every mistake is reported at once, with the variable's name and the cure. */
export function readSettings(source: Source, cores: number): SettingsResult {
  const errors: string[] = [];
  const text = (name: EnvironmentName) => source[name]?.trim() || environmentTable[name].default;
  const optional = (name: EnvironmentName) => text(name) || undefined;
  const read = <T>(
    name: EnvironmentName,
    parse: (value: string) => T | undefined,
    cure: string,
  ): T | undefined => {
    const value = parse(text(name));
    if (value === undefined) errors.push(`${name}="${maskUserInfo(text(name))}" cannot be read: ${cure}`);
    return value;
  };

  const listen = read('LISTEN', parseListen, 'write host:port, :port or fd:3');
  const adminListen = read('ADMIN_LISTEN', parseAddress, 'write host:port');
  const trustedProxies = read(
    'TRUSTED_PROXIES',
    parseRanges,
    'write addresses or ranges such as 10.0.0.0/8, with commas',
  );
  const hosts = read(
    'HOSTS',
    parseHosts,
    'write names such as shop.example.com or *.example.com, with commas',
  );
  const workers = read(
    'WORKERS',
    (value) => parseWorkers(value, cores),
    'write a number from 1 to 256, or auto',
  );
  const logLevel = read('LOG_LEVEL', parseLogLevel, `write one of ${LOG_LEVELS.join(', ')}`);
  const accessLog = read('ACCESS_LOG', parseSwitch, 'write on or off');
  const drainDelay = read('DRAIN_DELAY', parseDuration, DURATION_CURE);
  const drainTimeout = read('DRAIN_TIMEOUT', parseDuration, DURATION_CURE);
  const edgeUrl = read(
    'EDGE_URL',
    (value) => parseUrl(value, ['http:', 'https:']),
    'write https://shop.example.com',
  );
  const mysqlUrl = read(
    'MYSQL_URL',
    (value) => parseUrl(value, ['mysql:']),
    'write mysql://user:password@host/name',
  );
  const memcacheUrl = read(
    'MEMCACHE_URL',
    (value) => parseUrl(value, ['memcached:', 'memcache:']),
    'write memcached://host:port, or memcache://host:port where PHP has the extension memcache',
  );
  const sessionUrl = read(
    'SESSION_URL',
    (value) => parseUrl(value, ['memcached:', 'memcache:', 'redis:', 'rediss:', 'file:', 'mysql:']),
    'write memcached://host:port, memcache://host:port, redis://host:port, file:///folder or mysql://host/name',
  );

  if (!listen || !adminListen || !trustedProxies || !hosts || !workers || !logLevel)
    return { ok: false, errors };
  if (errors.length > 0 || accessLog === undefined || drainDelay === undefined || drainTimeout === undefined)
    return { ok: false, errors };
  return {
    ok: true,
    settings: {
      routes: { file: text('ROUTES'), asked: Boolean(source.ROUTES?.trim()), stages: optional('STAGES') },
      handlers: text('HANDLERS'),
      listen,
      adminListen,
      adminToken: optional('ADMIN_TOKEN'),
      edgeUrl: edgeUrl || undefined,
      legacyUrl: optional('LEGACY_URL'),
      mysqlUrl: mysqlUrl || undefined,
      memcacheUrl: memcacheUrl || undefined,
      sessionUrl: sessionUrl || undefined,
      // As it stands: secrets of WordPress may begin and end with a space.
      sessionKey: optional('SESSION_KEY') && source.SESSION_KEY,
      hosts,
      trustedProxies,
      workers,
      logLevel,
      accessLog,
      drainDelay,
      drainTimeout,
    },
  };
}

/** Builds the test for "is this peer a trusted proxy?" from addresses and CIDR ranges. */
export function trustedPeers(ranges: readonly string[]): (address: string) => boolean {
  if (ranges.length === 0) return () => false;
  const block = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) block.addAddress(address, family);
    else block.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
    const version = isIP(plain);
    return version !== 0 && block.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  };
}

function parseListen(text: string): Listen | undefined {
  const fd = /^fd:(\d+)$/.exec(text);
  if (fd) return { kind: 'fd', fd: Number(fd[1]) };
  const address = parseAddress(text);
  return address && { kind: 'address', ...address };
}

function parseAddress(text: string): { host: string; port: number } | undefined {
  const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(parts?.[3]);
  if (!parts || port > 65_535) return undefined;
  return { host: parts[1] ?? (parts[2] || '::'), port };
}

function parseHosts(text: string): readonly string[] | undefined {
  const hosts = list(text).map((host) => host.toLowerCase());
  return hosts.every((host) => /^(?:\*\.)?[a-z0-9._-]+$|^\[[0-9a-f:.]+\]$/.test(host)) ? hosts : undefined;
}

function parseRanges(text: string): readonly string[] | undefined {
  const ranges = list(text);
  return ranges.every(isNetwork) ? ranges : undefined;
}

function parseWorkers(text: string, cores: number): number | undefined {
  if (text === 'auto') return cores;
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= 256 ? count : undefined;
}

function parseLogLevel(text: string): LogLevel | undefined {
  return LOG_LEVELS.find((level) => level === text);
}

function parseSwitch(text: string): boolean | undefined {
  if (text === 'on') return true;
  return text === 'off' ? false : undefined;
}

/** Checks the scheme only; the store that is built from the URL reads the rest. Empty stays empty. */
function parseUrl(text: string, schemes: readonly string[]): string | undefined {
  return text === '' || schemes.some((scheme) => text.startsWith(`${scheme}//`)) ? text : undefined;
}

function list(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
