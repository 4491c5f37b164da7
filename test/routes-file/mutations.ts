// Ways in which a routes file goes wrong: slips of a keyboard, of an editor, of a merge, of a network.
const PIECES = [
  ...[
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ':',
    ': ',
    '- ',
    ',',
    '#',
    ' #',
    '&a ',
    '*a',
    '!x ',
    '|',
    '>',
    '%',
    '@',
    '`',
    '?',
    '? ',
  ],
  ...[
    '\t',
    '  ',
    '\n',
    '\r\n',
    '\u00a0',
    '\ufeff',
    '\0',
    '\ud800',
    '\u2028',
    '---\n',
    '...\n',
    '<<: ',
    '__proto__: ',
    '~',
  ],
  ...[
    '*',
    '/*',
    ':id',
    '<int>',
    '?!a',
    '?a=',
    '&b',
    '%2F',
    '%',
    '//',
    '\\',
    '..',
    '5%',
    '0',
    '-1',
    '1e9',
    'true',
    'null',
    'é',
  ],
  ...[
    'stage: new\n',
    'stage: canary 5% staff\n',
    'match: GET /\n',
    'handler: a\n',
    'lock: legacy\n',
    'rollout: r\n',
    'zebra: 1\n',
  ],
];

/** Returns a text with one to four slips in it; `random` gives numbers from 0 to below 1. */
export function mutated(text: string, others: readonly string[], random: () => number): string {
  const slips = 1 + Math.floor(random() * 4);
  return Array.from({ length: slips }).reduce<string>((before) => slip(before, others, random), text);
}

function slip(text: string, others: readonly string[], random: () => number): string {
  const below = (count: number) => Math.floor(random() * count);
  const at = below(text.length + 1);
  const lines = text.split('\n');
  const line = below(lines.length);
  const piece = PIECES[below(PIECES.length)] ?? '';
  switch (below(10)) {
    case 0:
      return text.slice(0, at) + piece + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + below(8));
    case 2:
      return text.slice(0, at) + piece + text.slice(at + 1);
    case 3:
      return text.slice(0, at);
    case 4:
      return lines.toSpliced(line, 1).join('\n');
    case 5:
      return lines.toSpliced(below(lines.length), 0, lines[line] ?? '').join('\n');
    case 6:
      return lines.toSpliced(line, 1, ' '.repeat(below(8)) + (lines[line] ?? '').trimStart()).join('\n');
    case 7: {
      const other = (others[below(others.length)] ?? '').split('\n');
      return [...lines.slice(0, line), ...other.slice(below(other.length))].join('\n');
    }
    case 8: {
      const words = text.match(/[A-Za-z-]+/g) ?? [];
      const [word = '', other = ''] = [words[below(words.length)], words[below(words.length)]];
      return word === '' ? text : text.replace(word, other);
    }
    default:
      return text.slice(0, at) + piece.repeat(1 + below(300)) + text.slice(at);
  }
}

/** Returns numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
