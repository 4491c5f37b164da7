// How an engineer writes a handler, and what the edge makes of the different things a module may export.
import type { Context } from './context.ts';
import type { ExpressHandler, ExpressResponse } from './express.ts';

/** What a handler says of itself. */
export type HandlerOptions = {
  /** How long the handler may take, such as `2s`. Default 30s. */
  readonly timeout?: string;
  /**
   * Whether the PHP session is read before the handler starts. Default true. A session that cannot
   * be read sends the request to legacy; a handler that says false is not concerned.
   */
  readonly session?: boolean;
  /** Whether a GET or HEAD writes. True gives it a database that can, and takes away its fallback. */
  readonly writes?: boolean;
  /** The largest body that is read, in bytes. Default 1 MiB. */
  readonly bodyLimit?: number;
  /** PHP's cache keys that this handler may delete; one `*` at the end stands for any rest. */
  readonly invalidates?: readonly string[];
};

/** A string is HTML, an object JSON; undefined means that `res` was used. */
export type HandlerResult = string | object | undefined;
export type HandlerFunction = (context: Context) => HandlerResult | Promise<HandlerResult>;

/** Options with every default filled in; durations in milliseconds. */
export type ResolvedOptions = {
  readonly timeoutMs: number;
  readonly session: boolean;
  readonly writes: boolean;
  readonly bodyLimit: number;
  readonly invalidates: readonly string[];
};

/** What the edge runs: a function of the context, or Express code. */
export type Handler =
  | { readonly kind: 'context'; readonly options: ResolvedOptions; readonly run: HandlerFunction }
  | { readonly kind: 'express'; readonly options: ResolvedOptions; readonly run: ExpressHandler };

const BRAND = Symbol.for('banyan.handler');
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m)$/;
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** A handler as `defineHandler` returns it. */
export type DefinedHandler = { readonly [BRAND]: Handler };

/**
 * Defines a handler: a function of its context, with options before it where they are needed.
 * Throws a TypeError at import when an option cannot be read.
 */
export function defineHandler(run: HandlerFunction): DefinedHandler;
export function defineHandler(options: HandlerOptions, run: HandlerFunction): DefinedHandler;
export function defineHandler(
  first: HandlerOptions | HandlerFunction,
  second?: HandlerFunction,
): DefinedHandler {
  const run = typeof first === 'function' ? first : second;
  if (typeof run !== 'function') throw new TypeError('defineHandler needs a function');
  const options = typeof first === 'function' ? {} : first;
  return { [BRAND]: { kind: 'context', options: resolveOptions(options), run } };
}

/**
 * Makes a handler of what a module exports: `defineHandler(...)`, an Express app or Router, or a
 * `(req, res, next)` function. Undefined where it is none of these.
 */
export function toHandler(exported: unknown): Handler | undefined {
  if (isDefined(exported)) return exported[BRAND];
  if (typeof exported !== 'function' || exported.length < 2) return undefined;
  return { kind: 'express', options: resolveOptions({ session: false }), run: exported as ExpressHandler };
}

/** Tells whether a handler returned its own response, as `return res.status(404).send(...)` does. */
export function isResponse(value: unknown, res: ExpressResponse): boolean {
  return value === res;
}

function isDefined(exported: unknown): exported is DefinedHandler {
  return typeof exported === 'object' && exported !== null && BRAND in exported;
}

const OPTION_TYPES: Readonly<Record<keyof HandlerOptions, string>> = {
  timeout: 'string',
  session: 'boolean',
  writes: 'boolean',
  bodyLimit: 'number',
  invalidates: 'object',
};

/** Handlers are also written in JavaScript, where nobody else notices `write: true`. */
function refuseStrangeOptions(options: HandlerOptions): void {
  for (const [name, value] of Object.entries(options)) {
    const type = OPTION_TYPES[name as keyof HandlerOptions];
    const known = Object.keys(OPTION_TYPES).join(', ');
    if (!type) throw new TypeError(`defineHandler: there is no option "${name}"; there are ${known}`);
    if (value !== undefined && typeof value !== type) {
      throw new TypeError(
        `defineHandler: ${name} must be ${name === 'invalidates' ? 'a list of keys' : `a ${type}`}`,
      );
    }
  }
}

function resolveOptions(options: HandlerOptions): ResolvedOptions {
  refuseStrangeOptions(options);
  return {
    timeoutMs: readTimeout(options.timeout ?? '30s'),
    session: options.session ?? true,
    writes: options.writes ?? false,
    bodyLimit: options.bodyLimit ?? 1024 * 1024,
    invalidates: options.invalidates ?? [],
  };
}

function readTimeout(text: string): number {
  const parts = DURATION.exec(text);
  const unit = MILLISECONDS[parts?.[2] ?? ''];
  if (!unit) throw new TypeError(`defineHandler: timeout "${text}" is not a duration; write 500ms, 2s or 1m`);
  return Number(parts?.[1]) * unit;
}
