// What one request sees from beginning to end. Built whole, replaced whole.
import type { Handler } from '../native/define-handler.ts';
import { importHandlers } from '../native/handlers.ts';
import type { Problem } from '../routing/problem.ts';
import type { HandlerSide, TableSpec } from '../routing/route.ts';
import { buildTableInSlices, type Table } from '../routing/table.ts';

export type Snapshot = { readonly table: Table; readonly handlers: ReadonlyMap<string, Handler> };

export type SnapshotResult =
  | { readonly ok: true; readonly snapshot: Snapshot }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Builds a table that has been checked, and imports every handler it names, whatever their stage: one word must flip them.
 * `pause` is awaited between slices of the work, for requests that are served meanwhile.
 */
export async function buildSnapshot(
  spec: TableSpec,
  handlersFolder: string,
  pause: () => Promise<void>,
): Promise<SnapshotResult> {
  const table = await buildTableInSlices(spec, pause);
  await pause();
  const sides = spec.routes.flatMap((route): HandlerSide[] =>
    route.newSide?.kind === 'handler' ? [route.newSide] : [],
  );
  const imported = await importHandlers(handlersFolder, sides, undefined, pause);
  if (!imported.ok) return imported;
  return { ok: true, snapshot: { table, handlers: imported.handlers } };
}
