// Reads memcached://host:port:weight,...?distribution=ketama&timeout=150ms: where Memcache is, and how PHP uses it. The scheme
// names PHP's extension, because what one writes means something else to the other.
import { failure, type Result, success } from '../../php/result.ts';
import { UrlMistake, UrlOptions } from '../url-options.ts';
import { keyHashNames } from './key-hash.ts';
import { type Distribution, distributions, type LibmemcachedRules } from './libmemcached-placement.ts';
import { type PeclMemcacheRules, peclHashes, strategies } from './pecl-memcache-placement.ts';
import type { ServerAddress } from './placement.ts';

/** What of PHP's configuration decides where a key is, by the extension that writes. */
export type PlacementRules = LibmemcachedRules | PeclMemcacheRules;

/** Says where the servers are and how keys are placed on them. */
export interface MemcacheSettings {
  readonly servers: readonly ServerAddress[];
  readonly placement: PlacementRules;
  /** How long one operation may take in all, in milliseconds. */
  readonly timeout: number;
}

/** What a URL's options are when it does not name them, and which further ones it may have. */
export interface MemcacheUrlRules {
  /** The variable that the URL comes from, for messages; MEMCACHE_URL unless said. */
  readonly variable?: string;
  readonly prefix?: string;
  readonly distribution?: Distribution;
  readonly otherOptions?: readonly string[];
}

/** Reads a memcached:// or memcache:// URL. The failure says in a sentence which variable is wrong, and how. */
export function parseMemcacheUrl(
  url: string,
  rules: MemcacheUrlRules = {},
): Result<MemcacheSettings, string> {
  try {
    return success(parse(url, rules));
  } catch (error) {
    if (!(error instanceof UrlMistake)) throw error;
    return failure(error.message);
  }
}

const COMMON_OPTIONS = ['prefix', 'timeout', 'signedChar', 'hash'];
const OPTIONS = {
  memcached: [...COMMON_OPTIONS, 'distribution', 'hashPrefix', 'sortHosts'],
  memcache: [...COMMON_OPTIONS, 'strategy'],
} as const;

function parse(url: string, rules: MemcacheUrlRules): MemcacheSettings {
  const parts = /^(memcached?):\/\/([^/?#]+)\/?(?:\?([^#]*))?$/.exec(url);
  const options = new UrlOptions(rules.variable ?? 'MEMCACHE_URL', parts?.[3] ?? '');
  if (!parts) throw options.mistake('it must look like memcached://host:port,host:port?timeout=150ms');
  const extension = parts[1] === 'memcache' ? 'memcache' : 'memcached';
  const hosts = parts[2] ?? '';
  if (hosts.includes('@')) throw options.mistake('user names and passwords are not supported');
  options.refuseOthersThan([...OPTIONS[extension], ...(rules.otherOptions ?? [])]);
  const timeout = options.duration('timeout') ?? 150;
  const placement = extension === 'memcached' ? libmemcached(options, rules) : peclMemcache(options, rules);
  const servers = hosts.split(',').map((server) => options.server(server, 11211));
  return { servers, timeout, placement };
}

function libmemcached(options: UrlOptions, rules: MemcacheUrlRules): LibmemcachedRules {
  const distribution = options.word('distribution', distributions) ?? rules.distribution ?? 'modula';
  return {
    extension: 'memcached',
    distribution,
    hash: options.word('hash', keyHashNames) ?? (distribution === 'ketama' ? 'md5' : 'default'),
    prefix: options.text('prefix') ?? rules.prefix ?? '',
    hashPrefix: options.switch('hashPrefix') ?? false,
    sortHosts: options.switch('sortHosts') ?? false,
    signedChar: options.switch('signedChar') ?? true,
  };
}

function peclMemcache(options: UrlOptions, rules: MemcacheUrlRules): PeclMemcacheRules {
  return {
    extension: 'memcache',
    strategy: options.word('strategy', strategies) ?? 'consistent',
    hash: options.word('hash', peclHashes) ?? 'crc32',
    prefix: options.text('prefix') ?? rules.prefix ?? '',
    signedChar: options.switch('signedChar') ?? true,
  };
}
