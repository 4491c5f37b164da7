// Reads the table that the settings name, for the edge and for every command that looks at it.
import type { Settings } from '../environment.ts';
import type { ReadInclude } from '../routes-file/gather.ts';
import { type LoadEnvironment, type LoadResult, tableWithoutFile } from '../routes-file/load.ts';
import { gatherFiles, loadFiles, type RoutesFiles, readRoutesFiles } from '../routes-file/read.ts';

/** The table, or its problems; `files` is what it was read from, where there is a file. */
export type OpenedTable = { readonly loaded: LoadResult; readonly files: RoutesFiles | undefined };

/** Returns what the environment adds to routes files. */
export function loadEnvironment(settings: Settings): LoadEnvironment {
  return { legacyUrl: settings.legacyUrl, variable: (name) => process.env[name] };
}

/**
 * Reads the routes file and all that belongs to it. Without a file there is a table only if nobody asked
 * for one and LEGACY_URL says where everything goes; a file that is lost must not undo what it declared.
 */
export async function openTable(settings: Settings): Promise<OpenedTable> {
  const { file, asked, stages } = settings.routes;
  const files = await readRoutesFiles({ file, stages });
  const content = files.contents.get(file);
  const mayDoWithout = content?.ok === false && content.missing && !asked && stages === undefined;
  if (mayDoWithout && settings.legacyUrl !== undefined) {
    return { loaded: tableWithoutFile(settings.legacyUrl), files: undefined };
  }
  return { loaded: loadFiles(files, loadEnvironment(settings)), files };
}

/** Makes the table of files that `read` gives: standard input, a revision of git, what is not written yet. */
export function loadFrom(settings: Settings, file: string, read: ReadInclude): LoadResult {
  const { stages } = settings.routes;
  return loadFiles(gatherFiles({ file, stages }, read), loadEnvironment(settings));
}
