// How an engineer writes a handler, and what the edge makes of the different things a module may export.
import type { Context } from './context.ts';
import type { ExpressHandler } from './express.ts';
import { type HandlerOptions, type ResolvedOptions, resolveOptions } from './options.ts';

/** A string is HTML, an object JSON; undefined means that `res` was used. */
export type HandlerResult = string | object | undefined;
export type HandlerFunction = (context: Context) => HandlerResult | Promise<HandlerResult>;

/** What the edge runs: a function of the context, or Express code. */
export type Handler =
  | { readonly kind: 'context'; readonly options: ResolvedOptions; readonly run: HandlerFunction }
  | { readonly kind: 'express'; readonly options: ResolvedOptions; readonly run: ExpressHandler };

const BRAND = Symbol.for('banyan.handler');

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

function isDefined(exported: unknown): exported is DefinedHandler {
  return typeof exported === 'object' && exported !== null && BRAND in exported;
}
