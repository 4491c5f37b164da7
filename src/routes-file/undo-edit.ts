// The way back from an edit.
import { editScalar, type ScalarChange, type ScalarEdit } from './edit.ts';

/** Returns the change that gives back the text before an edit, to the byte; undefined where none does. */
export function undoOf(
  before: string,
  { path, after }: ScalarChange,
  edited: ScalarEdit,
): ScalarChange | undefined {
  const back: ScalarChange = { path, value: edited.before, ...(after && { after }) };
  // A key that did not stand where new ones are written has to be told its line.
  const { offset, removed } = edited.edit;
  const eol = /^\r?\n/.exec(removed)?.[0].length ?? 0;
  const line = before.slice(0, offset + eol).split('\n').length;
  return [back, { ...back, line }].find((change) => {
    const undone = editScalar(edited.text, change);
    return undone.ok && undone.text === before;
  });
}
