// Values that YAML splits because they are not in quotes.
import type { Problem } from '../routing/problem.ts';
import type { YamlSource } from './document.ts';

/**
 * Tells a comma that has split a value in `{ }` or `[ ]`: `{ match: GET,POST /cart }` is the value `GET` and a key
 * without a value to YAML. Undefined when what stands at the key cannot have come about that way.
 */
export function splitByComma(
  source: YamlSource,
  path: readonly PropertyKey[],
  key: PropertyKey,
): Problem | undefined {
  const { children } = source.tree(path);
  const siblings = [...children];
  const index = siblings.findIndex(([name]) => name === key);
  const [, here] = siblings[index] ?? [];
  const [name, before] = siblings[index - 1] ?? [];
  if (!here?.isFlow || name === undefined || typeof before?.value !== 'string') return undefined;
  const isItem = typeof key === 'number';
  if (isItem ? !looksSplit(before.value, here.value) : !here.isBlank) return undefined;
  const rest = isItem ? String(here.value) : String(key);
  // `{ a: b, stage:new }` lacks a blank, not quotes.
  if (/^[A-Za-z]+:\S/.test(rest)) return undefined;
  const [open, close] = isItem ? ['[', ']'] : ['{', '}'];
  const whole = JSON.stringify(`${before.value},${rest}`);
  return {
    code: 'needs-quotes',
    position: source.position([...path, name]),
    message:
      `a comma in ${open} } ends a value: ${JSON.stringify(before.value)} and ${JSON.stringify(rest)} are read as two`.replace(
        '}',
        close,
      ),
    cure: `put the value in quotes: ${isItem ? whole : `${String(name)}: ${whole}`}`,
  };
}

/** Tells a comma that has split off the end of the value at a key. */
export function splitBehind(
  source: YamlSource,
  path: readonly PropertyKey[],
  key: string | number,
): Problem | undefined {
  const names = [...source.tree(path).children.keys()];
  const next = names[names.indexOf(key) + 1];
  return next === undefined ? undefined : splitByComma(source, path, next);
}

/** Methods alone, or a match followed by what is none. */
function looksSplit(before: string, here: unknown): boolean {
  if (/^[A-Z]+$/.test(before)) return typeof here === 'string' && /^[A-Z]+( |$)/.test(here);
  return /^[A-Z]+ \S*\?\S*$/.test(before) && !/^[A-Z]+ /.test(String(here));
}

/**
 * Finds the text around a place of a line that needs quotes: a value in `{ }` or `[ ]` that has brackets itself, or one
 * that has `: `. Returns it as it is to be written, with its key; undefined when it cannot be told.
 */
export function quotedAround(line: string, column: number): string | undefined {
  return quotedInFlow(line, column - 1) ?? quotedWithColon(line);
}

/** `[ $.a[*], x ]`: from the bracket, comma or key before the place to the comma or bracket that ends the value. */
function quotedInFlow(line: string, at: number): string | undefined {
  const before = line.slice(0, at + 1);
  const start = Math.max(
    ...[/[[{,]\s+(?=\S)/g, /(?:^|[\s:])[[{](?=\S)/g, /:\s+(?=\S)/g].map((mark) => lastEnd(before, mark)),
  );
  if (start < 0 || !/[[{]/.test(before.slice(0, start))) return undefined;
  let depth = 0;
  let end = start;
  for (; end < line.length; end += 1) {
    const character = line.charAt(end);
    if (character === ',' && depth === 0) break;
    if (/[[{]/.test(character)) depth += 1;
    if (/[\]}]/.test(character)) depth -= 1;
    if (depth < 0) break;
  }
  const value = line.slice(start, end).trim();
  if (end === line.length || !/[[{]|:\s/.test(value) || /^["'[{]/.test(value)) return undefined;
  const key = /([\w.-]+):\s+$/.exec(line.slice(0, start))?.[1];
  return `${key === undefined ? '' : `${key}: `}${JSON.stringify(value)}`;
}

/** `match: GET /at?time=12: 30`. */
function quotedWithColon(line: string): string | undefined {
  const [, key, value] = /^\s*(?:- )?([\w.-]+):\s+([^\s"'[{|>&*!#][^"']*:\s.*)$/.exec(line) ?? [];
  if (key === undefined || value === undefined || /^\S+:\s/.test(value)) return undefined;
  return `${key}: ${JSON.stringify(value.trim())}`;
}

/** Where the last match of a mark ends; -1 where there is none. */
function lastEnd(text: string, mark: RegExp): number {
  return [...text.matchAll(mark)].reduce(
    (end, found) => Math.max(end, (found.index ?? 0) + found[0].length),
    -1,
  );
}
