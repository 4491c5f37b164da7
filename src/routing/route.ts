// What a route is: plain values that survive a trip between processes. Text comes from routes-file;
// the compiled form that requests meet is the table.

/** Where in a file something stands; line and column count from 1. */
export type Position = { readonly file: string; readonly line: number; readonly column: number };

/** Who answers a route, and what else happens. The later stages join this list as they are built. */
export type Stage = 'legacy' | 'new' | 'gone';

/** Who answers a request. */
export type Side = 'legacy' | 'new';

export type ParameterType = 'plain' | 'int' | 'slug' | 'hex' | 'uuid';

/** One segment of a pattern, in its canonical spelling. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string; readonly type: ParameterType }
  | { readonly kind: 'tail' };

/** One condition on the query string, read as PHP reads it. */
export type QueryCondition =
  | { readonly kind: 'equals'; readonly name: string; readonly value: string }
  | {
      readonly kind: 'captures';
      readonly name: string;
      readonly parameter: string;
      readonly type: ParameterType;
    }
  | { readonly kind: 'present'; readonly name: string }
  | { readonly kind: 'absent'; readonly name: string };

/** `METHODS PATH[?QUERY]`, parsed. */
export type Pattern = {
  readonly text: string;
  readonly methods: readonly string[] | 'ANY';
  readonly segments: readonly Segment[];
  readonly conditions: readonly QueryCondition[];
  readonly position: Position;
};

/** A handler: a module of the handlers folder and one of its exports. `key` names both. */
export type HandlerSide = {
  readonly kind: 'handler';
  readonly key: string;
  readonly module: string;
  readonly exportName: string;
  readonly position: Position;
};

/** The new side of a route. */
export type NewSide =
  | HandlerSide
  | { readonly kind: 'upstream'; readonly upstream: string }
  | { readonly kind: 'redirect'; readonly status: RedirectStatus; readonly location: string };

export type RedirectStatus = 301 | 302 | 303 | 307 | 308;

/** One named entry of routes.yaml. */
export type Route = {
  readonly name: string;
  /** The route's addresses: `match` first, then `also`. */
  readonly patterns: readonly Pattern[];
  readonly stage: Stage;
  readonly newSide: NewSide | undefined;
  /** Whether legacy answers a GET or HEAD whose handler failed before its first byte. */
  readonly fallback: 'legacy' | 'none';
  /** Where these differ from the upstream's; `total` also ends a handler. */
  readonly timeouts: Partial<Timeouts>;
  readonly limits: RouteLimits;
  /** Whether the new side is told of another method by a header field such as X-HTTP-Method-Override. */
  readonly methodOverride: boolean;
};

/** What the requests of one route may take. */
export type RouteLimits = {
  /** The largest body, in bytes; undefined for any. */
  readonly body: number | undefined;
  /** How many requests a worker gives to the route's handler at a time. */
  readonly inFlight: number;
};

/** How long each part of forwarding a request may take, in milliseconds. */
export type Timeouts = {
  readonly connect: number;
  /** Until the answer begins. */
  readonly headers: number;
  /** Between two pieces of the answer. */
  readonly idle: number;
  /** From the request to the end of its answer; undefined for any. */
  readonly total: number | undefined;
};

/** An HTTP server that the edge forwards to. */
export type Upstream = {
  readonly name: string;
  readonly origin: string;
  readonly timeouts: Timeouts;
  /** The Host that it is sent; undefined for the visitor's own. */
  readonly host: string | undefined;
  /** Whether its own address in its answers is replaced by the visitor's view of it. */
  readonly rewrite: boolean;
};

/** What any request may take, whatever route it meets. */
export type Limits = RouteLimits & {
  /** The longest target, in bytes. */
  readonly url: number;
  /** How many header fields a request may have. */
  readonly fields: number;
  /** How many connections a worker keeps at a time. */
  readonly connections: number;
};

/** All routes of one revision as they were written, checked and normalised. */
export type TableSpec = {
  readonly revision: string;
  readonly routes: readonly Route[];
  readonly upstreams: readonly Upstream[];
  /** What a request that no route matches meets. */
  readonly unmatched: 'legacy' | 404;
  readonly limits: Limits;
  /** How handlers' answers are compressed for visitors that accept it. */
  readonly compression: 'none' | 'gzip';
};

/** What a route's parameters captured, decoded once; `*` is what the tail captured. */
export type Parameters = Readonly<Record<string, string>>;
