// Finds the line of a YAML file that is indented otherwise than its neighbours. The parser stumbles later, if at all.

/** A line, how many blanks it begins with, and how many it should. */
export type OddLine = { readonly line: number; readonly indent: number; readonly expected: number };

/** A line that has a key or an item; lines that continue a value are left out. */
type Line = {
  readonly number: number;
  /** Blanks before it; half a blank more for an item, which may stand right below its key. */
  readonly indent: number;
  /** It ends with its key: what belongs to it stands below, deeper. */
  readonly opens: boolean;
};

/** A column at which keys stand: the first line there, and how many there are. */
type Level = { readonly first: Line; count: number };

/** Returns the first line that fits no level; undefined when all do. */
export function oddLine(text: string): OddLine | undefined {
  const lines = readLines(text);
  const open: Level[] = [];
  const closedBy = new Map<number, Line>();
  for (const [index, line] of lines.entries()) {
    const closed: Level[] = [];
    while ((open.at(-1)?.first.indent ?? -1) > line.indent) closed.push(open.pop() as Level);
    for (const level of closed) closedBy.set(level.first.indent, line);
    const top = open.at(-1);
    if (top?.first.indent === line.indent) {
      top.count += 1;
      continue;
    }
    const below = closed.at(-1);
    const isChild = closed.length === 0 && (!top || lines[index - 1]?.opens);
    if (!isChild) {
      const before = lines.slice(Math.max(0, index - 2), index);
      const later = lines.slice(index + 1);
      return blame({ line, top, below, closer: closedBy.get(line.indent), before, later });
    }
    closedBy.delete(line.indent);
    open.push({ first: line, count: 1 });
  }
  return undefined;
}

type Misfit = {
  readonly line: Line;
  /** The level around the line. */
  readonly top: Level | undefined;
  /** The level that the line has just left, when it is less deep than the one before it. */
  readonly below: Level | undefined;
  /** The line that left the level at which this one stands. */
  readonly closer: Line | undefined;
  /** The two lines before it. */
  readonly before: readonly Line[];
  readonly later: readonly Line[];
};

/**
 * The line itself may be right, and one before it wrong: a first line that stands alone at its level, the
 * one that left the level of this line, or one that stands beside its key instead of below it.
 */
function blame(misfit: Misfit): OddLine | undefined {
  const { line, top, below, closer, before, later } = misfit;
  const around = [below, top].filter((level) => level !== undefined);
  const isFollowed = hasSibling(line, later);
  const alone = around.find(({ count, first }) => count === 1 && first.indent > 0);
  if (isFollowed && alone) return odd(alone.first, line.indent);
  if (closer && closer !== line && closer.indent === top?.first.indent) return odd(closer, line.indent);
  const [key, beside] = before;
  const stoodBeside = key?.opens && beside && !beside.opens && key.indent === beside.indent;
  if (isFollowed && !below && stoodBeside) return odd(beside, line.indent);
  const alike = around.filter(({ first }) => first.opens === line.opens);
  const distance = ({ first }: Level) => Math.abs(first.indent - line.indent);
  const [nearest] = (alike.length > 0 ? alike : around).toSorted(
    (one, other) => distance(one) - distance(other),
  );
  return nearest === undefined ? undefined : odd(line, nearest.first.indent);
}

function odd({ number, indent }: Line, expected: number): OddLine | undefined {
  const found = { line: number, indent: Math.floor(indent), expected: Math.floor(expected) };
  return found.indent === found.expected ? undefined : found;
}

function hasSibling(line: Line, later: readonly Line[]): boolean {
  const end = later.findIndex(({ indent }) => indent < line.indent);
  return later.slice(0, end < 0 ? undefined : end).some(({ indent }) => indent === line.indent);
}

function readLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  let brackets = 0;
  let blockAt: number | undefined;
  for (const [index, full] of text.split(/\r?\n/).entries()) {
    const content = withoutComment(full.trimStart());
    const blanks = /^ */.exec(full)?.[0].length ?? 0;
    if (content === '' || /^(---|\.\.\.)/.test(full)) continue;
    if (blockAt !== undefined && blanks > blockAt) continue;
    blockAt = /:\s+[|>]\S*$/.test(content) ? blanks : undefined;
    const isInside = brackets > 0;
    brackets = Math.max(0, brackets + openBrackets(content, isInside));
    const isItem = /^-(\s|$)/.test(content);
    if (isInside || !(isItem || /:(\s|$)/.test(content))) continue;
    lines.push({
      number: index + 1,
      indent: isItem ? blanks + 0.5 : blanks,
      opens: isItem || /:(\s+[&!]\S+)?$/.test(content),
    });
  }
  return lines;
}

function withoutComment(content: string): string {
  return content.replace(/(^|\s)#.*$/, '').trimEnd();
}

/** Counts the brackets that a line leaves open; they count only where a value begins with one. */
function openBrackets(content: string, isInside: boolean): number {
  const value = isInside ? content : (/(?:^|[:-]\s+)([[{].*)$/.exec(content)?.[1] ?? '');
  const bare = value.replace(/"(?:\\.|[^"\\])*"|'[^']*'/g, '');
  return (bare.match(/[[{]/g)?.length ?? 0) - (bare.match(/[\]}]/g)?.length ?? 0);
}
