// What a route is: plain values that survive a trip between processes. Text comes from routes-file;
// the compiled form that requests meet is the table.

/** Where in a file something stands; line and column count from 1. */
export type Position = { readonly file: string; readonly line: number; readonly column: number };

export type StageWord = 'legacy' | 'shadow' | 'canary' | 'new' | 'gone';

/**
 * Who answers a route, and what else happens: `canary 5% staff`. Percentage and cohorts are parsed and
 * checked; until they are acted on, shadow and canary are answered by legacy.
 */
export type Stage = {
  readonly word: StageWord;
  readonly percent: number | undefined;
  readonly cohorts: readonly string[];
};

/** Who answers a request. */
export type Side = 'legacy' | 'new';

export type ParameterType = 'plain' | 'int' | 'slug' | 'hex' | 'uuid' | 'enum';

/** `:name`, `:name<int>` or `:name<de|fr>`. */
export type ParameterPart = {
  readonly kind: 'parameter';
  readonly name: string;
  readonly type: ParameterType;
  /** What an enumerated parameter takes, as it reaches a handler; empty for the other types. */
  readonly values: readonly string[];
};

/** Literal text around the parameters of one segment, in its canonical spelling. */
export type TextPart = { readonly kind: 'text'; readonly text: string };

/** One segment of a pattern, in its canonical spelling. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | ParameterPart
  /** Text around one or more parameters: `feed-:lang.xml`. Text and parameters take turns. */
  | { readonly kind: 'mixed'; readonly parts: readonly (TextPart | ParameterPart)[] }
  | { readonly kind: 'tail' };

/** PHP's reading of a field's name: `f[a]` is the path `['f', 'a']`. */
export type FieldPath = readonly string[];

/** One condition on the query string, read as PHP reads it. */
export type QueryCondition =
  | { readonly kind: 'equals'; readonly name: FieldPath; readonly value: string }
  | { readonly kind: 'captures'; readonly name: FieldPath; readonly parameter: ParameterPart }
  | { readonly kind: 'present'; readonly name: FieldPath }
  | { readonly kind: 'absent'; readonly name: FieldPath };

/** `body: { action: cartCount }`: one condition on the fields of a urlencoded body, read as PHP reads them. */
export type BodyCondition = { readonly name: FieldPath; readonly value: string };

export type WhenTest =
  | { readonly kind: 'equals'; readonly value: string }
  | { readonly kind: 'contains'; readonly text: string }
  | { readonly kind: 'present' }
  | { readonly kind: 'absent' };

/** `when: { header: ..., cookie: ... }`. Names of header fields are in lower case. */
export type WhenCondition = {
  readonly source: 'header' | 'cookie';
  readonly name: string;
  readonly test: WhenTest;
};

/** The hosts that a pattern takes, in lower case and without a port; `below` begins with a dot. */
export type HostPattern =
  | { readonly kind: 'exact'; readonly name: string }
  | { readonly kind: 'below'; readonly suffix: string };

/** `METHODS [HOST]PATH[?QUERY]`, parsed. */
export type Pattern = {
  readonly text: string;
  readonly methods: readonly string[] | 'ANY';
  /** Undefined takes any host. */
  readonly host: HostPattern | undefined;
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

/** How long a handler may take that says nothing of it itself, in milliseconds. */
export const HANDLER_TIMEOUT_MS = 30_000;

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
  /** Hold for each of the patterns. */
  readonly body: readonly BodyCondition[];
  readonly when: readonly WhenCondition[];
  /** The route's own, or that of its rollout. */
  readonly stage: Stage;
  readonly rollout: string | undefined;
  readonly newSide: NewSide | undefined;
  /** Whether legacy answers a GET or HEAD whose handler failed before its first byte. */
  readonly fallback: 'legacy' | 'none';
  /** No other route may take any part of a locked one. */
  readonly lock: 'legacy' | undefined;
  readonly respelled: Respelled;
  /** Where these differ from the upstream's; `total` also ends a handler. */
  readonly timeouts: Partial<Timeouts>;
  readonly limits: RouteLimits;
  /** Whether the new side is told of another method by a header field such as X-HTTP-Method-Override. */
  readonly methodOverride: boolean;
  readonly position: Position;
};

/** What happens to a request whose path another server may read as that of another route. */
export type Respelled = 'refuse' | 'legacy';

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
  /** Where it is; several take turns. */
  readonly origins: readonly string[];
  /** The same with variables as they are written: what it says in every environment. */
  readonly written: readonly string[];
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

/** What makes a visitor one of a cohort: any of these. */
export type CohortRule =
  | { readonly kind: 'session'; readonly path: FieldPath; readonly values: readonly string[] }
  | { readonly kind: 'cookie'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'ip'; readonly networks: readonly string[] };

/** A named set of visitors. Checked now, acted on later. */
export type Cohort = { readonly name: string; readonly rules: readonly CohortRule[] };

/** Routes that change stage together. */
export type Rollout = { readonly name: string; readonly stage: Stage; readonly position: Position };

/** How paths are compared, for the whole file. */
export type PathRules = {
  readonly trailingSlash: 'strict' | 'ignore';
  readonly case: 'strict' | 'ignore';
};

/** What a request must meet; `refused` when its path is respelled. */
export type Expectation =
  | { readonly kind: 'route'; readonly name: string }
  | { readonly kind: 'undeclared' }
  | { readonly kind: 'refused' };

/** `GET /products/7 is product-page`: one of the file's own tests. */
export type RouteTest = {
  /** The test as a sentence. */
  readonly text: string;
  readonly method: string;
  /** In lower case; empty where the test names none. */
  readonly host: string;
  /** The raw target: path and query. */
  readonly target: string;
  /** By name in lower case; `cookie` among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** A urlencoded body; undefined where the request has none. */
  readonly body: string | undefined;
  readonly expected: Expectation;
  readonly position: Position;
};

/** All routes of one revision as they were written, checked and normalised. */
export type TableSpec = {
  readonly revision: string;
  readonly routes: readonly Route[];
  readonly upstreams: readonly Upstream[];
  readonly cohorts: readonly Cohort[];
  readonly rollouts: readonly Rollout[];
  readonly paths: PathRules;
  readonly respelled: Respelled;
  readonly tests: readonly RouteTest[];
  /** What a request that no route matches meets. */
  readonly unmatched: 'legacy' | 404;
  readonly limits: Limits;
  /** How handlers' answers are compressed for visitors that accept it. */
  readonly compression: 'none' | 'gzip';
};

/** What a route's parameters captured, decoded once; `*` is what the tail captured. */
export type Parameters = Readonly<Record<string, string>>;
