// Reads the table that the settings name, for the edge and for every command that looks at it.
import type { Settings } from '../environment.ts';
import type { ReadInclude } from '../routes-file/gather.ts';
import { type LoadEnvironment, type LoadResult, tableWithoutFile } from '../routes-file/load.ts';
import { gatherFiles, loadFiles, type RoutesFiles, readRoutesFiles } from '../routes-file/read.ts';

/** The table, or its problems; `files` is what it was read from, where there is a file. */
export type OpenedTable = { readonly loaded: LoadResult; readonly files: RoutesFiles | undefined };

/** A table that is only asked, and the environment that it was made in. */
export type AskedTable = OpenedTable & { readonly environment: LoadEnvironment };

/** Where upstreams are that nothing here says the address of (RFC 6761 §6.4: no such host). */
const NOWHERE = 'http://unset.invalid';

/** Returns what the environment adds to routes files. */
export function loadEnvironment(settings: Settings): LoadEnvironment {
  return { legacyUrl: settings.legacyUrl, variable: (name) => process.env[name] };
}

/** Returns the environment for commands that send nothing: they need no address, and often have none. */
export function askingEnvironment(settings: Settings): LoadEnvironment {
  const { legacyUrl = NOWHERE, ...environment } = loadEnvironment(settings);
  return { ...environment, legacyUrl, unsetAddress: NOWHERE };
}

/**
 * Reads the table for a command that sends nothing, such as a rollback from a shell that knows nothing of
 * the edge's environment. Where the addresses are known, they are held to as the edge holds to them.
 */
export async function openToAsk(settings: Settings): Promise<AskedTable> {
  const opened = await openTable(settings);
  if (opened.loaded.ok || !opened.files) return { ...opened, environment: loadEnvironment(settings) };
  const environment = askingEnvironment(settings);
  return { loaded: loadFiles(opened.files, environment), files: opened.files, environment };
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
export function loadFrom(
  settings: Settings,
  file: string,
  read: ReadInclude,
  environment: LoadEnvironment = loadEnvironment(settings),
): LoadResult {
  const { stages } = settings.routes;
  return loadFiles(gatherFiles({ file, stages }, read), environment);
}
