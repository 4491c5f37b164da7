// The lines that an edit changes, as a diff shows them.

/** Lines from `line` on (from 1) that went, and that came in their place; without line ends. */
export type LineDiff = {
  readonly line: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
};

/** Compares two texts that differ in one place. */
export function changedLines(before: string, after: string): LineDiff {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  const most = Math.min(old.length, now.length) - start;
  while (end < most && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  const shown = (lines: readonly string[]) =>
    lines.slice(start, lines.length - end).map((line) => line.replace(/\r$/, ''));
  return { line: start + 1, removed: shown(old), added: shown(now) };
}
