// Reads memcached://host:port:weight,...?distribution=ketama&timeout=150ms: where Memcache is, and how PHP uses it. The scheme
// names PHP's extension, because what one writes means something else to the other.
import { parseDuration } from '../../duration.ts';
import { failure, type Result, success } from '../../php/result.ts';
import { suggestion } from '../../suggest.ts';
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
    if (!(error instanceof Mistake)) throw error;
    return failure(`${rules.variable ?? 'MEMCACHE_URL'}: ${error.message}`);
  }
}

/** Gives the options after a URL's question mark. */
export function memcacheUrlOptions(url: string): URLSearchParams {
  return new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
}

/** Ends the reading of a URL; does not leave this file. */
class Mistake extends Error {}

const COMMON_OPTIONS = ['prefix', 'timeout', 'signedChar', 'hash'];
const OPTIONS = {
  memcached: [...COMMON_OPTIONS, 'distribution', 'hashPrefix', 'sortHosts'],
  memcache: [...COMMON_OPTIONS, 'strategy'],
} as const;

function parse(url: string, rules: MemcacheUrlRules): MemcacheSettings {
  const parts = /^(memcached?):\/\/([^/?#]+)\/?(?:\?([^#]*))?$/.exec(url);
  if (!parts) throw new Mistake('it must look like memcached://host:port,host:port?timeout=150ms');
  const extension = parts[1] === 'memcache' ? 'memcache' : 'memcached';
  const hosts = parts[2] ?? '';
  if (hosts.includes('@')) throw new Mistake('user names and passwords are not supported');
  const options = new Options(memcacheUrlOptions(url));
  options.refuseOthersThan([...OPTIONS[extension], ...(rules.otherOptions ?? [])]);
  const timeout = parseDuration(options.text('timeout') ?? '150ms');
  if (!timeout) throw new Mistake('timeout must be written like 150ms or 1s');
  const placement = extension === 'memcached' ? libmemcached(options, rules) : peclMemcache(options, rules);
  return { servers: hosts.split(',').map(parseServer), timeout, placement };
}

function libmemcached(options: Options, rules: MemcacheUrlRules): LibmemcachedRules {
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

function peclMemcache(options: Options, rules: MemcacheUrlRules): PeclMemcacheRules {
  return {
    extension: 'memcache',
    strategy: options.word('strategy', strategies) ?? 'consistent',
    hash: options.word('hash', peclHashes) ?? 'crc32',
    prefix: options.text('prefix') ?? rules.prefix ?? '',
    signedChar: options.switch('signedChar') ?? true,
  };
}

class Options {
  readonly #options: URLSearchParams;

  constructor(options: URLSearchParams) {
    this.#options = options;
  }

  refuseOthersThan(known: readonly string[]): void {
    const stranger = [...this.#options.keys()].find((name) => !known.includes(name));
    if (stranger !== undefined)
      throw new Mistake(`there is no option "${stranger}": ${suggestion(stranger, known)}`);
  }

  text(name: string): string | undefined {
    return this.#options.get(name) ?? undefined;
  }

  word<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.text(name);
    const word = words.find((one) => one === text);
    if (text === undefined || word !== undefined) return word;
    throw new Mistake(`${name} cannot be "${text}": ${suggestion(text, words)}`);
  }

  switch(name: string): boolean | undefined {
    const word = this.word(name, ['on', 'off']);
    return word === undefined ? undefined : word === 'on';
  }
}

function parseServer(text: string): ServerAddress {
  const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]+))(?::([0-9]{1,5})(?::([0-9]{1,4}))?)?$/.exec(text);
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3] ?? 11211);
  const weight = Number(parts?.[4] ?? 1);
  if (host === undefined || port < 1 || port > 65535 || weight < 1)
    throw new Mistake(`the server "${text}" must be written like host:port or host:port:weight`);
  return { host, port, weight };
}
