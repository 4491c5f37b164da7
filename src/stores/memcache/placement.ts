// Where PHP put a key: which bytes it went by, and on which server.

/** Names a server as PHP's configuration does: on the ring a host's name and its address are different servers. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** 1 unless PHP gives it more. */
  readonly weight: number;
}

/** Finds keys as one of PHP's extensions does. Keys are bytes, without the prefix. */
export interface Placement {
  /** Gives the index of the server, in the order of PHP's configuration. */
  server(key: Uint8Array): number;
  /** Gives the bytes that the server knows a key by; undefined for what is no key. */
  wireKey(key: Uint8Array): Buffer | undefined;
}

/** The longest key that a server takes, in bytes. */
export const MAX_KEY_BYTES = 250;
