// The public API: what handlers import.
export type { Context } from './native/context.ts';
export {
  type DefinedHandler,
  defineHandler,
  type HandlerFunction,
  type HandlerOptions,
  type HandlerResult,
} from './native/define-handler.ts';
