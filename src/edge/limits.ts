// Limits of the data plane that several of its files know. Those that an application may want to set
// stand in routes.yaml; these are the same for everybody.

/** The largest head of a request or an answer. nginx takes four lines of 8 KiB by default, and old applications fill them. */
export const MAX_HEADER_BYTES = 64 * 1024;

/** Longer than the idle time of common load balancers, so that they and not we close idle connections. */
export const KEEP_ALIVE_MS = 75_000;

/** How many bytes are read from a visitor after the last answer and thrown away, so that the answer can be read. */
export const LINGER_BYTES = 16 * 1024 * 1024;

/** The largest body that is read to its end after an early answer, so that the connection can be kept. */
export const SMALL_BODY_BYTES = 64 * 1024;

/** How many requests may wait on a connection behind the one that is being answered. */
export const MAX_WAITING = 100;

/** How long a connection may stay as it is, in milliseconds, but for what is a rate. Tests have shorter ones. */
export type ConnectionTimes = {
  /** How often connections are looked at: what is limited below may take as much longer. */
  readonly check: number;
  /** A visitor may take with a request's head. */
  readonly head: number;
  /** The time in which a visitor must have sent some of a body: `bodyRate` bytes for each second of it. */
  readonly bodyIdle: number;
  /** As Apache's mod_reqtimeout demands it. */
  readonly bodyRate: number;
  /** A visitor may take nothing of an answer that is waiting for him. */
  readonly readerIdle: number;
  /** After the last answer: between two pieces of what the visitor still sends, and altogether. */
  readonly lingerIdle: number;
  readonly lingerTotal: number;
  /** The same for a connection beyond the cap, which gets no more than a 503. */
  readonly refusedLinger: number;
  /** A visitor who has ended his side and to whom nothing is sent has gone. */
  readonly halfClosed: number;
  /** When the worker ends, idle connections and tunnels are kept, for requests that are already on their way. */
  readonly drainGrace: number;
};

export const CONNECTION_TIMES: ConnectionTimes = {
  check: 2_000,
  head: 15_000,
  bodyIdle: 60_000,
  bodyRate: 500,
  readerIdle: 60_000,
  lingerIdle: 5_000,
  lingerTotal: 30_000,
  refusedLinger: 1_000,
  halfClosed: 500,
  drainGrace: 2_000,
};
