// The SESSION_URL that says what PHP's settings say.
import type { PhpSession } from './php-side.ts';

/** Writes the URL for PHP's save handler; undefined for one that the application has written itself. */
export function sessionUrlOf(php: PhpSession): string | undefined {
  const place = placeOf(php);
  if (place === undefined) return undefined;
  const common = [
    ...(php.name === 'PHPSESSID' ? [] : [`name=${encodeURIComponent(php.name)}`]),
    ...(serializer(php) === 'php' ? [] : [`serializer=${serializer(php)}`]),
    ...(lifetime(php) === 1440 ? [] : [`lifetime=${lifetime(php)}s`]),
  ];
  const options = [...place.options, ...common];
  return `${place.address}${options.length === 0 ? '' : `?${options.join('&')}`}`;
}

type Place = { readonly address: string; readonly options: readonly string[] };

function placeOf({ handler, ini }: PhpSession): Place | undefined {
  const path = ini['session.save_path'] ?? '';
  switch (handler) {
    case 'memcached':
      return { address: `memcached://${path.replaceAll(' ', '')}`, options: memcached(ini) };
    case 'memcache':
      return { address: `memcache://${hostsOf(path)}`, options: [] };
    case 'redis':
      return redis(path);
    case 'files':
      return files(path);
    default:
      return undefined;
  }
}

function memcached(ini: PhpSession['ini']): string[] {
  const prefix = ini['memcached.sess_prefix'] ?? 'memc.sess.key.';
  const isRing = /^(?:1|on|)$/i.test(ini['memcached.sess_consistent_hash'] ?? '1');
  const isWeighted = ini['memcached.sess_consistent_hash_type'] === 'ketama_weighted';
  return [
    ...(prefix === 'memc.sess.key.' ? [] : [`prefix=${encodeURIComponent(prefix)}`]),
    ...(isRing ? [] : ['distribution=modula']),
    ...(isRing && isWeighted ? ['distribution=ketama'] : []),
  ];
}

/** `tcp://a:11211?weight=1, tcp://b:11211` */
function hostsOf(path: string): string {
  return path
    .split(',')
    .map((one) =>
      one
        .trim()
        .replace(/^tcp:\/\//, '')
        .replace(/[/?].*$/, ''),
    )
    .join(',');
}

/** `tcp://host:6379?database=2&prefix=app:&auth=***` */
/** `tcp://a:6379?weight=1&database=2, tls://b:6379?auth[]=user&auth[]=***`: what is said besides weights is the same for all. */
function redis(path: string): Place {
  const servers = path.split(/,\s*/).map((one) => {
    const [address = '', query = ''] = one.split('?');
    return { address: address.trim(), options: new URLSearchParams(query) };
  });
  const options = servers[0]?.options ?? new URLSearchParams();
  const database = options.get('database');
  const prefix = options.get('prefix');
  const scheme = servers.some(({ address }) => /^tls:|^ssl:/.test(address)) ? 'rediss' : 'redis';
  const hosts = servers.map(({ address, options }) => {
    const weight = options.get('weight');
    return `${address.replace(/^\w+:\/\//, '')}${weight === null || weight === '1' ? '' : `:${weight}`}`;
  });
  return {
    address: `${scheme}://${account(options)}${hosts.join(',')}${database ? `/${database}` : ''}`,
    options: prefix === null ? [] : [`prefix=${encodeURIComponent(prefix)}`],
  };
}

/** The probe hides both, so that only their places can be shown. Source: phpredis redis_sock_parse_auth. */
function account(options: URLSearchParams): string {
  const secrets = [...options.keys()].filter((name) => /^auth(?:\[|$)/.test(name));
  if (secrets.length === 0) return '';
  return secrets.length === 1 ? ':PASSWORD@' : 'USER:PASSWORD@';
}

/** `5;/path`, `5;0600;/path` or `/path`, with the depth of folders in front. */
function files(path: string): Place {
  const parts = path.split(';');
  const folder = parts.at(-1) || '/tmp';
  const depth = parts.length > 1 ? Number(parts[0]) : 0;
  return { address: `file://${folder}`, options: depth > 0 ? [`depth=${depth}`] : [] };
}

function serializer(php: PhpSession): string {
  return php.ini['session.serialize_handler'] ?? 'php';
}

function lifetime(php: PhpSession): number {
  return Number(php.ini['session.gc_maxlifetime'] ?? 1440);
}
