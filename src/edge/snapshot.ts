// What one request sees from beginning to end. Built whole, replaced whole.
import type { Handler } from '../native/define-handler.ts';
import { importHandlers } from '../native/handlers.ts';
import type { Problem } from '../routing/problem.ts';
import type { HandlerSide, TableSpec } from '../routing/route.ts';
import { buildTable, type Table } from '../routing/table.ts';

export type Snapshot = { readonly table: Table; readonly handlers: ReadonlyMap<string, Handler> };

export type SnapshotResult =
  | { readonly ok: true; readonly snapshot: Snapshot }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Builds the table and imports every handler it names, whatever their stage: one word must flip them. */
export async function buildSnapshot(spec: TableSpec, handlersFolder: string): Promise<SnapshotResult> {
  const built = buildTable(spec);
  if (!built.ok) throw new Error('a table with conflicts must not reach the edge');
  const sides = spec.routes.flatMap((route): HandlerSide[] =>
    route.newSide?.kind === 'handler' ? [route.newSide] : [],
  );
  const imported = await importHandlers(handlersFolder, sides);
  if (!imported.ok) return imported;
  return { ok: true, snapshot: { table: built.table, handlers: imported.handlers } };
}
