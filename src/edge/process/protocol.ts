// What primary and workers say to each other. Every order has one reply.
import type { Settings } from '../../environment.ts';
import type { Problem } from '../../routing/problem.ts';
import type { TableSpec } from '../../routing/route.ts';
import type { RouteSlice } from './route-slices.ts';

/** From the primary to a worker. */
export type Order =
  | { readonly kind: 'start'; readonly settings: Settings; readonly mode: Mode }
  | { readonly kind: 'listen'; readonly fd: number }
  /** Some routes of a table that is to be prepared; the first slice forgets those of any other. */
  | { readonly kind: 'routes'; readonly isFirst: boolean; readonly slice: RouteSlice }
  /** The rest of the table; its routes have come before. */
  | { readonly kind: 'prepare'; readonly spec: TableSpec }
  | { readonly kind: 'commit'; readonly revision: string }
  | { readonly kind: 'metrics' }
  | { readonly kind: 'drain'; readonly timeout: number; readonly patient: boolean }
  | { readonly kind: 'ping' };

/** `dev` shows the log to a person instead of writing JSON. */
export type Mode = 'serve' | 'dev';

/** From a worker to the primary. */
export type Reply =
  | { readonly kind: 'done' }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }
  | { readonly kind: 'metrics'; readonly metrics: unknown };

export type OrderEnvelope = { readonly id: number; readonly order: Order };
export type ReplyEnvelope = { readonly id: number; readonly reply: Reply };

/** Told without being asked: an exception escaped, and the worker wants to be replaced. */
export type Unwell = { readonly kind: 'unwell'; readonly message: string };
