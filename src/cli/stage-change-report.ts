// Tells a change of stage: as a sentence, as a diff, and how it is undone.
import { formatStage } from '../routing/stage.ts';
import { DEFAULT_STAGE, type StageChange } from './change-stage.ts';
import { changedLines } from './line-diff.ts';
import { coloured } from './terminal.ts';

/** How a change was asked for: what its undo has to repeat. */
export type AskedChange = {
  readonly routes: string | undefined;
  readonly stages: string | undefined;
  readonly dryRun: boolean;
};

/** Tells a change to a person. */
export function changeText(change: StageChange, asked: AskedChange): string {
  if (!isChange(change)) return `${sentence(change)}\nnothing to do`;
  const { line, removed, added } = changedLines(change.file.text, change.text);
  const diff = [
    `${change.place.file}:${line}`,
    ...removed.map((text) => coloured('red', `-${text}`)),
    ...added.map((text) => coloured('green', `+${text}`)),
  ];
  const end = asked.dryRun
    ? 'not written: this was a dry run'
    : `undo: ${undoCommand(change, asked)?.map(quoted).join(' ') ?? BY_HAND}`;
  return [sentence(change), ...diff, end].join('\n');
}

/** Tells a change to a script. */
export function changeJson(change: StageChange, asked: AskedChange) {
  const { place, before, after, file, text } = change;
  const { name, kind, routes } = place;
  const isChanged = isChange(change);
  return {
    ...{ name, kind, routes, from: formatStage(before), to: formatStage(after) },
    file: place.file,
    diff: isChanged ? changedLines(file.text, text) : null,
    written: isChanged && !asked.dryRun,
    undo: undoCommand(change, asked) ?? null,
  };
}

function sentence({ place, before, after }: StageChange): string {
  const { name, kind, routes } = place;
  const who = kind === 'rollout' ? `${name} (${routes.join(', ') || 'no routes'})` : name;
  const [from, to] = [formatStage(before), formatStage(after)];
  return from === to ? `${who}: ${to} as before` : `${who}: ${from} → ${to}`;
}

function isChange({ file, text }: StageChange): boolean {
  return file.text !== text;
}

const BY_HAND = 'by hand; no command writes it as it stood';

/** The words of the command that gives back the file as it was, to the byte. */
function undoCommand(
  { place, undo }: StageChange,
  { routes, stages }: AskedChange,
): readonly string[] | undefined {
  if (!undo) return undefined;
  const options = [
    ...(undo.line === undefined ? [] : ['--line', String(undo.line)]),
    ...(routes === undefined ? [] : ['--routes', routes]),
    ...(stages === undefined ? [] : ['--stages', stages]),
  ];
  return ['banyan', 'flip', place.name, undo.value ?? DEFAULT_STAGE, ...options];
}

/** Quotes a word for a shell where it needs to be. */
function quoted(word: string): string {
  return /^[\w./%:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
