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

/** Methods alone, or a match followed by what is none. */
function looksSplit(before: string, here: unknown): boolean {
  if (/^[A-Z]+$/.test(before)) return typeof here === 'string' && /^[A-Z]+( |$)/.test(here);
  return /^[A-Z]+ \S*\?\S*$/.test(before) && !/^[A-Z]+ /.test(String(here));
}
