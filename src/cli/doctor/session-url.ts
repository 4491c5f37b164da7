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
function redis(path: string): Place {
  const [address = '', query = ''] = path.split('?');
  const options = new URLSearchParams(query);
  const database = options.get('database');
  const prefix = options.get('prefix');
  const isSecret = options.has('auth') || options.has('auth[]');
  return {
    address: `redis://${isSecret ? ':PASSWORD@' : ''}${address.replace(/^(?:tcp|tls):\/\//, '')}${database ? `/${database}` : ''}`,
    options: prefix === null ? [] : [`prefix=${encodeURIComponent(prefix)}`],
  };
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
