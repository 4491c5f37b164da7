// The Memcache that PHP fills: finds the server that PHP would ask, and never lets one in trouble hold up a request.
import { failure, type Result } from '../../php/result.ts';
import { bytesOf } from '../../php/value.ts';
import { createLibmemcachedPlacement } from './libmemcached-placement.ts';
import { createPeclMemcachePlacement } from './pecl-memcache-placement.ts';
import { MAX_KEY_BYTES, type Placement } from './placement.ts';
import {
  createTransport,
  type MemcacheError,
  type MemcacheItem,
  type MemcacheTransport,
} from './transport.ts';
import { type MemcacheSettings, type MemcacheUrlRules, parseMemcacheUrl } from './url.ts';

export type { MemcacheError, MemcacheItem } from './transport.ts';

/** A key as PHP has it, without the prefix: text, or bytes where it is not UTF-8. */
export type MemcacheKey = string | Uint8Array;

/** All servers together. */
export interface Memcache {
  /** PHP's extension that writes: what flags mean depends on it. */
  readonly extension: 'memcached' | 'memcache';
  /** Reads a key; null if there is no such key. */
  get(key: MemcacheKey): Promise<Result<MemcacheItem | null, MemcacheError>>;
  /** Stores an item for so many seconds. */
  set(key: MemcacheKey, item: MemcacheItem, seconds: number): Promise<Result<true, MemcacheError>>;
  /** Deletes a key; false if there was none. */
  delete(key: MemcacheKey): Promise<Result<boolean, MemcacheError>>;
  /** Has a key live for so many seconds from now; false if there is none. */
  touch(key: MemcacheKey, seconds: number): Promise<Result<boolean, MemcacheError>>;
  /** Ends all connections; operations under way fail. */
  close(): void;
}

/** What tests and sessions set differently. */
export interface MemcacheOptions extends MemcacheUrlRules {
  /** How long a server that failed is left alone at first, in milliseconds; 500 unless told. */
  readonly backOff?: number;
  /** Monotonic, in milliseconds. */
  readonly now?: () => number;
  /** The time of day, in milliseconds since 1970. */
  readonly clock?: () => number;
}

/** The longest that a server is left alone, in milliseconds: so long at most until one that is back is found. */
const MAX_BACK_OFF = 5_000;

/** Creates the client for a memcached:// or memcache:// URL. Connects on first use. Throws at start-up if the URL is wrong. */
export function createMemcache(url: string, options: MemcacheOptions = {}): Memcache {
  const parsed = parseMemcacheUrl(url, options);
  if (!parsed.ok) throw new Error(parsed.error);
  const { servers, timeout, placement: rules } = parsed.value;
  const limits = {
    timeout,
    backOff: options.backOff ?? 500,
    maxBackOff: MAX_BACK_OFF,
    now: options.now ?? (() => performance.now()),
  };
  const clock = options.clock ?? Date.now;
  const transports = servers.map((server) => createTransport(server, limits));
  const placement = createPlacement(parsed.value);

  async function at<Value>(key: MemcacheKey, use: Use<Value>): Promise<Result<Value, MemcacheError>> {
    const bytes = isText(key) ? bytesOf(key) : undefined;
    const wireKey = bytes && placement.wireKey(bytes);
    const transport = bytes && transports[placement.server(bytes)];
    return wireKey && transport ? use(transport, wireKey) : failure(BAD_KEY);
  }

  return {
    extension: rules.extension,
    get: (key) => at(key, (transport, wireKey) => transport.get(wireKey)),
    set: (key, item, seconds) =>
      at(key, (transport, wireKey) => transport.set(wireKey, item, expiry(seconds, clock()))),
    delete: (key) => at(key, (transport, wireKey) => transport.delete(wireKey)),
    touch: (key, seconds) =>
      at(key, (transport, wireKey) => transport.touch(wireKey, expiry(seconds, clock()))),
    close: () => {
      for (const transport of transports) transport.close();
    },
  };
}

/** Finds keys as the extension that the URL names does. */
export function createPlacement({ servers, placement }: MemcacheSettings): Placement {
  return placement.extension === 'memcached'
    ? createLibmemcachedPlacement(servers, placement)
    : createPeclMemcachePlacement(servers, placement);
}

type Use<Value> = (transport: MemcacheTransport, wireKey: Buffer) => Promise<Result<Value, MemcacheError>>;

const BAD_KEY: MemcacheError = {
  code: 'bad-key',
  message: `a key is 1 to ${MAX_KEY_BYTES} bytes, with its prefix, without spaces and control characters`,
};

/** Half a character has no bytes. */
function isText(key: MemcacheKey): boolean {
  return typeof key !== 'string' || !/\p{Surrogate}/u.test(key);
}

const MONTH_SECONDS = 30 * 24 * 3600;

/** Beyond thirty days memcached reads a number of seconds as a time since 1970. */
function expiry(seconds: number, now: number): number {
  return seconds <= MONTH_SECONDS ? seconds : Math.ceil(now / 1000) + seconds;
}
