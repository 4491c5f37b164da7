// Reads all the files of a table together: the routes file, what it includes, and the stages file.
import { contentProblem, type FileContent, readContent, readContentSync } from './content.ts';
import { type Gathered, gather, type ReadInclude } from './gather.ts';
import { type LoadEnvironment, type LoadResult, loadGathered } from './load.ts';

/** Where the files are: paths, which are their names in messages too. */
export type RoutesPlace = { readonly file: string; readonly stages?: string | undefined };

/** The files of a table as they were read together. */
export type RoutesFiles = {
  readonly place: RoutesPlace;
  /** What each holds, by its path; those that cannot be read too. */
  readonly contents: ReadonlyMap<string, FileContent>;
  /** The texts, parsed; undefined where the first file cannot be read. */
  readonly gathered: Gathered | undefined;
};

/** Reads the files as they stand now. */
export async function readRoutesFiles(place: RoutesPlace): Promise<RoutesFiles> {
  const contents = await readContents([place.file, ...(place.stages === undefined ? [] : [place.stages])]);
  const main = contents.get(place.file);
  const include = (file: string) => {
    const content = readContentSync(file);
    contents.set(file, content);
    return content;
  };
  const gathered = main?.ok ? gather(main.text, place.file, include) : undefined;
  return { place, contents, gathered };
}

/** Reads the files by whatever gives their content: what stands elsewhere, or is not written yet. */
export function gatherFiles(place: RoutesPlace, read: ReadInclude): RoutesFiles {
  const contents = new Map<string, FileContent>();
  const noted = (file: string) => {
    const content = read(file);
    contents.set(file, content);
    return content;
  };
  const main = noted(place.file);
  if (place.stages !== undefined) noted(place.stages);
  const gathered = main.ok ? gather(main.text, place.file, noted) : undefined;
  return { place, contents, gathered };
}

/** Reads several files. */
export async function readContents(paths: Iterable<string>): Promise<Map<string, FileContent>> {
  const read = [...paths].map(async (path) => [path, await readContent(path)] as const);
  return new Map(await Promise.all(read));
}

/** Makes the table of files that were read, or tells every problem of them at once. */
export function loadFiles(
  { place, contents, gathered }: RoutesFiles,
  environment: LoadEnvironment,
): LoadResult {
  const main = contents.get(place.file);
  const stages = place.stages === undefined ? undefined : contents.get(place.stages);
  const unread = [
    ...(main && !main.ok ? [contentProblem(main, place.file)] : []),
    ...(stages && !stages.ok ? [stagesProblem(stages, place.stages ?? '')] : []),
  ];
  const named = stages?.ok ? { file: place.stages ?? '', text: stages.text } : undefined;
  const result: LoadResult = gathered
    ? loadGathered(gathered, named, environment)
    : { ok: false, problems: [], texts: new Map() };
  if (unread.length === 0) return result;
  const { texts } = result;
  return { ok: false, problems: [...unread, ...(result.ok ? [] : result.problems)], texts };
}

function stagesProblem(content: FileContent & { ok: false }, file: string) {
  const problem = contentProblem(content, file);
  return content.code === 'file-encoding'
    ? problem
    : { ...problem, cure: 'write it, or name none with --stages or STAGES' };
}
