// Changes a stage in its file: worked out first, written second. What would not check is not written.
import type { Settings } from '../environment.ts';
import { type FileContent, readContentSync } from '../routes-file/content.ts';
import { editScalar, type ScalarChange, undoOf } from '../routes-file/edit.ts';
import {
  type EditableFile,
  type ReplaceResult,
  readForEdit,
  replaceFile,
} from '../routes-file/replace-file.ts';
import { findStagePlace, ROUTE_KEYS_BEFORE_STAGE, type StagePlace } from '../routes-file/stage-place.ts';
import { formatProblems, type Problem } from '../routing/problem.ts';
import type { Stage, TableSpec } from '../routing/route.ts';
import { formatStage, parseStage } from '../routing/stage.ts';
import { suggestion } from '../suggest.ts';
import { EXIT } from './exit.ts';
import { loadFrom, openToAsk } from './open-table.ts';
import { runTests } from './run-tests.ts';
import { tryHandlers } from './try-handlers.ts';

/** The word that takes a stage out of its file, so that what holds without it holds again. */
export const DEFAULT_STAGE = 'default';

/** A change of stage that checks, and that nobody has written yet. */
export type StageChange = {
  readonly place: StagePlace;
  readonly before: Stage;
  readonly after: Stage;
  /** The change that gives back the file, to the byte; undefined where none does. */
  readonly undo: ScalarChange | undefined;
  readonly file: EditableFile;
  readonly text: string;
};

type Refused = { readonly ok: false; readonly code: number; readonly message: string };
export type StageChangeResult = { readonly ok: true; readonly change: StageChange } | Refused;

/** What is asked for: of a route or rollout the stage, and the line on which it is written if it is not there. */
export type AskedStage = {
  readonly name: string;
  readonly stage: string;
  readonly line?: number | undefined;
};

/** Works out what a change of stage does to the files, and refuses one whose result would not check. */
export async function workOutChange(
  settings: Settings,
  { name, stage, line }: AskedStage,
): Promise<StageChangeResult> {
  const { loaded, files, environment } = await openToAsk(settings);
  if (!loaded.ok) return refused(formatProblems(loaded.problems, loaded.texts));
  if (!files) return refused(`there is no ${settings.routes.file} to edit`);
  const place = findStagePlace(loaded.spec, name, settings.routes.stages);
  if (!place) return unknownName(loaded.spec, name);
  const parsed = stage === DEFAULT_STAGE ? undefined : parseStage(stage);
  if (parsed && !parsed.ok) return misused(`${parsed.message}: ${parsed.cure}`);

  const read = await readForEdit(place.file);
  if (!read.ok) return refused(read.message);
  if (parsed && formatStage(parsed.stage) === formatStage(place.stage)) {
    return { ok: true, change: unchanged(place, read.file) };
  }
  const value = parsed ? stage.trim() : undefined;
  const asked = { path: place.path, value, after: ROUTE_KEYS_BEFORE_STAGE, line };
  const edited = editScalar(read.file.text, asked);
  if (!edited.ok) return refused(`${place.file} cannot be edited: ${edited.message}; ${edited.cure}`);

  const readEdited = (file: string): FileContent =>
    file === place.file ? { ok: true, text: edited.text } : readContentSync(file);
  const result = loadFrom(settings, settings.routes.file, readEdited, environment);
  if (!result.ok) return wouldNotCheck(result.problems, result.texts);
  const after = findStagePlace(result.spec, name, settings.routes.stages)?.stage ?? place.stage;
  const problems = await problemsOf(result.spec, after, settings);
  if (problems.length > 0) return wouldNotCheck(problems, result.texts);
  const undo = undoOf(read.file.text, asked, edited);
  return {
    ok: true,
    change: { place, before: place.stage, after, undo, file: read.file, text: edited.text },
  };
}

function unchanged(place: StagePlace, file: EditableFile): StageChange {
  const { stage } = place;
  return { place, before: stage, after: stage, undo: undefined, file, text: file.text };
}

/** Writes a change that was worked out. */
export async function writeChange({ file, text }: StageChange): Promise<ReplaceResult> {
  return file.text === text ? { ok: true } : replaceFile(file, text);
}

/** The way back to legacy asks for no handler: it may be the handler that makes people go back. */
async function problemsOf(spec: TableSpec, after: Stage, settings: Settings): Promise<readonly Problem[]> {
  const failed = runTests(spec);
  if (failed.length > 0 || after.word === 'legacy' || after.word === 'gone') return failed;
  return tryHandlers(spec, settings, 'any');
}

function unknownName({ routes, rollouts }: TableSpec, name: string): Refused {
  const names = [...routes, ...rollouts].map((known) => known.name);
  return misused(`there is no route or rollout "${name}": ${suggestion(name, names)}`);
}

function wouldNotCheck(problems: readonly Problem[], texts: ReadonlyMap<string, string>): Refused {
  return refused(`${formatProblems(problems, texts)}\n\nnothing was changed: the result would not check`);
}

function refused(message: string): Refused {
  return { ok: false, code: EXIT.problems, message };
}

function misused(message: string): Refused {
  return { ok: false, code: EXIT.usage, message };
}
