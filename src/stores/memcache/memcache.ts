// The Memcache that PHP fills: finds the server that PHP would ask, and never lets one in trouble hold up a request.
import { failure, type Result } from '../../php/result.ts';
import { createPickServer } from './ring.ts';
import { createTransport, type MemcacheError, type MemcacheItem } from './transport.ts';
import { type MemcacheUrlRules, parseMemcacheUrl } from './url.ts';

export type { MemcacheError, MemcacheItem } from './transport.ts';

/** All servers together. Keys are given without the prefix. */
export interface Memcache {
  /** Reads a key; null if there is no such key. */
  get(key: string): Promise<Result<MemcacheItem | null, MemcacheError>>;
  /** Deletes a key; false if there was none. */
  delete(key: string): Promise<Result<boolean, MemcacheError>>;
  /** Ends all connections; operations under way fail. */
  close(): void;
}

/** What tests and sessions set differently. */
export interface MemcacheOptions extends MemcacheUrlRules {
  /** How long a server that failed is left alone, in milliseconds; 500 unless told. */
  readonly backOff?: number;
  /** Monotonic, in milliseconds. */
  readonly now?: () => number;
}

const MAX_KEY_BYTES = 250;

/** Creates the client for a memcached:// URL. Connects on first use. Throws at start-up if the URL is wrong. */
export function createMemcache(url: string, options: MemcacheOptions = {}): Memcache {
  const parsed = parseMemcacheUrl(url, options);
  if (!parsed.ok) throw new Error(parsed.error);
  const { servers, prefix, distribution, timeout } = parsed.value;
  const limits = { timeout, backOff: options.backOff ?? 500, now: options.now ?? (() => performance.now()) };
  const transports = servers.map((server) => createTransport(server, limits));
  const pickServer = createPickServer(servers, distribution);

  async function at<Value>(key: string, use: Use<Value>): Promise<Result<Value, MemcacheError>> {
    const transport = transports[pickServer(key)];
    const fullKey = prefix + key;
    return isKey(fullKey) && transport ? use(transport, fullKey) : failure(BAD_KEY);
  }

  return {
    get: (key) => at(key, (transport, fullKey) => transport.get(fullKey)),
    delete: (key) => at(key, (transport, fullKey) => transport.delete(fullKey)),
    close: () => {
      for (const transport of transports) transport.close();
    },
  };
}

type Transport = ReturnType<typeof createTransport>;
type Use<Value> = (transport: Transport, fullKey: string) => Promise<Result<Value, MemcacheError>>;

const BAD_KEY: MemcacheError = {
  code: 'bad-key',
  message: `a key is 1 to ${MAX_KEY_BYTES} bytes of UTF-8 without spaces and control characters`,
};

/** A server closes the connection on a key it does not like, and memjs would hang. */
function isKey(key: string): boolean {
  const isText = /^[^\0-\x20\x7f\ud800-\udfff]+$/u.test(key);
  return isText && Buffer.byteLength(key) <= MAX_KEY_BYTES;
}
