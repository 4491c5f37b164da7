// Reads memcached://host:port,host:port?prefix=...&timeout=150ms: where Memcache is and how PHP uses it.
import { parseDuration } from '../../duration.ts';
import { failure, type Result, success } from '../../php/result.ts';
import type { Distribution, ServerAddress } from './ring.ts';

/** Says where the servers are and how keys are placed on them. */
export interface MemcacheSettings {
  readonly servers: readonly ServerAddress[];
  /** Put before every key; not part of what is hashed (libmemcached's OPT_PREFIX_KEY). */
  readonly prefix: string;
  readonly distribution: Distribution;
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

/** Reads a memcached:// URL. The failure says in a sentence which variable is wrong, and how. */
export function parseMemcacheUrl(
  url: string,
  rules: MemcacheUrlRules = {},
): Result<MemcacheSettings, string> {
  const result = parse(url, rules);
  return result.ok ? result : failure(`${rules.variable ?? 'MEMCACHE_URL'}: ${result.error}`);
}

function parse(url: string, rules: MemcacheUrlRules): Result<MemcacheSettings, string> {
  const parts = /^memcached:\/\/([^/?#]+)\/?(?:\?([^#]*))?$/.exec(url);
  if (!parts) return failure('it must look like memcached://host:port,host:port?timeout=150ms');
  if (parts[1]?.includes('@')) return failure('user names and passwords are not supported');
  const servers = (parts[1] ?? '').split(',').map(parseServer);
  const options = memcacheUrlOptions(url);
  const known = ['prefix', 'timeout', 'distribution', ...(rules.otherOptions ?? [])];
  const stranger = [...options.keys()].find((name) => !known.includes(name));
  if (stranger !== undefined) return failure(`the option "${stranger}" is not one of ${known.join(', ')}`);
  const timeout = parseDuration(options.get('timeout') ?? '150ms');
  const distribution = options.get('distribution') ?? rules.distribution ?? 'modula';
  if (!timeout) return failure('timeout must be written like 150ms or 1s');
  if (!isDistribution(distribution)) return failure('distribution must be modula or consistent');
  if (!servers.every((server) => server !== undefined))
    return failure('a server must be written like host:port');
  return success({ servers, timeout, distribution, prefix: options.get('prefix') ?? rules.prefix ?? '' });
}

/** Gives the options after a URL's question mark. */
export function memcacheUrlOptions(url: string): URLSearchParams {
  return new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
}

function parseServer(text: string): ServerAddress | undefined {
  const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]+))(?::([0-9]{1,5}))?$/.exec(text);
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3] ?? 11211);
  return host === undefined || port < 1 || port > 65535 ? undefined : { host, port };
}

function isDistribution(text: string): text is Distribution {
  return text === 'modula' || text === 'consistent';
}
