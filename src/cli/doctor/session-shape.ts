// What a session looks like without what it says: names and types.
import { type PhpArray, PhpObject, type PhpValue } from '../../php/value.ts';

const DEEPEST = 4;
const MOST = 60;

/** Lists the names in a session with their types, one a line, indented by depth; values are left out. */
export function sessionShape(values: PhpArray): readonly string[] {
  const lines: string[] = [];
  describe(values, 0, lines);
  return lines.length > MOST ? [...lines.slice(0, MOST), `... ${lines.length - MOST} more`] : lines;
}

function describe(values: PhpArray, depth: number, lines: string[]): void {
  for (const [name, value] of values) {
    lines.push(`${'  '.repeat(depth)}${printable(String(name))}: ${typeOf(value)}`);
    const inner = value instanceof PhpObject ? value.properties : value;
    if (inner instanceof Map && depth + 1 < DEEPEST && lines.length <= MOST)
      describe(inner, depth + 1, lines);
  }
}

function typeOf(value: PhpValue): string {
  if (value === null) return 'null';
  if (value instanceof PhpObject)
    return value.enumCase === undefined ? value.className : `enum ${value.className}`;
  if (value instanceof Map) return `array of ${value.size}`;
  if (typeof value === 'string') return `text of ${Buffer.byteLength(value)} bytes`;
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  return typeof value === 'boolean' ? 'bool' : 'number';
}

/** Names of private properties have NULs in them; others may have anything. */
function printable(name: string): string {
  return name.replace(/^\0[^\0]*\0/, '').replace(/[^\x20-\x7e\xa0-\u{10ffff}]/gu, '?');
}
