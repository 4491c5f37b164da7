// Columns that stand below each other.

/** Lays out rows of cells; a cell may have several lines. The first row is the head. */
export function textTable(rows: readonly (readonly string[])[]): readonly string[] {
  const lines = rows.flatMap(linesOf);
  const count = Math.max(0, ...lines.map((cells) => cells.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...lines.map((cells) => width(cells[column] ?? ''))),
  );
  return lines.map((cells) =>
    cells
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd(),
  );
}

function linesOf(cells: readonly string[]): readonly string[][] {
  const split = cells.map((cell) => cell.split('\n'));
  const height = Math.max(1, ...split.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => split.map((lines) => lines[line] ?? ''));
}

function width(text: string): number {
  return [...text].length;
}
