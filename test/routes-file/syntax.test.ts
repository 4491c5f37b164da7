// Files that are no YAML: one problem each, at the line to mend, with what to write.
import { describe, expect, test } from 'vitest';
import { oddLine } from '../../src/routes-file/indentation.ts';
import { loadRoutes } from '../../src/routes-file/load.ts';

const FILE = `# The routes.
routes:
  one:
    match: GET /one
    also: ["GET /1"]
    stage: new
    handler: one

  two:
    match: GET /two
    also: ["GET /2"]
    handler: two

  three:
    match: GET /three
    stage: gone
`;

/** Replaces one line of the file, counted from 1. */
function withLine(number: number, change: string | ((line: string) => string)): string {
  const lines = FILE.split('\n');
  const before = lines[number - 1] ?? '';
  lines[number - 1] = typeof change === 'string' ? change : change(before);
  return lines.join('\n');
}

function told(text: string): readonly string[] {
  const result = loadRoutes(text, {
    file: 'routes.yaml',
    legacyUrl: 'http://127.0.0.1:8080',
    variable: () => undefined,
  });
  if (result.ok) return [];
  return result.problems.map(
    ({ code, position, message, cure }) => `${code} ${position.line}:${position.column} ${message} → ${cure}`,
  );
}

describe('a wrong indent is told once, at the line to mend', () => {
  test.each<[string, number, number, string]>([
    ['a name one to the left', 9, -1, '9:2 1 2'],
    ['a name two to the left', 9, -2, '9:1 0 2'],
    ['a name one to the right', 9, 1, '9:4 3 2'],
    ['the first name one to the left', 3, -1, '3:2 1 2'],
    ['the first name one to the right', 3, 1, '3:4 3 2'],
    ['a first key one to the left', 10, -1, '10:4 3 4'],
    ['a first key one to the right', 10, 1, '10:6 5 4'],
    ['a first key beside its name', 4, -2, '4:3 2 4'],
    ['a key one to the left', 6, -1, '6:4 3 4'],
    ['a key one to the right', 6, 1, '6:6 5 4'],
    ['a key beside its name', 6, -2, '6:3 2 4'],
    ['a key at the margin', 12, -4, '12:1 0 2'],
    ['a last key one to the left', 16, -1, '16:4 3 4'],
    ['a last key one to the right', 16, 1, '16:6 5 4'],
  ])('%s', (_, line, by, expected) => {
    const text = withLine(line, (before) => (by < 0 ? before.slice(-by) : ' '.repeat(by) + before));
    const [place, is, should] = expected.split(' ');
    expect(told(text)).toEqual([
      `yaml-syntax ${place} this line is indented by ${is} ${is === '1' ? 'blank' : 'blanks'}, its neighbours by ${should} → indent it by ${should} blanks`,
    ]);
    expect(told(text.replaceAll('\n', '\r\n'))).toEqual(told(text));
  });

  test('as no line is in a file whose indentation is right, whatever is in it', () => {
    const text = `---
upstreams:
  legacy: &x
    url: "http://a" # comment
routes:
  one:
    match: >-
      GET
       /one
    also:
    - GET /a
    - "GET /b"
    stage: new
  two:
    also: [
      "GET /c",
   "GET /d" ]
    match: GET
      /two
  three: { match: GET /3,
 stage: gone }
`;
    expect(oddLine(text)).toBeUndefined();
    expect(oddLine(FILE)).toBeUndefined();
    expect(oddLine('')).toBeUndefined();
  });
});

describe('other mistakes of syntax', () => {
  test.each([
    ['no colon', 7, '    handler one', '7:5 there is no colon in "handler one"', /^write key: value/],
    ['no colon after a name', 9, '  two', '9:3 there is no colon in "two"', /^write key: value/],
    ['no blank', 7, '    handler:one', '7:5 there is no blank after the colon', 'write handler: one'],
    ['a tab', 7, '\thandler: one', '7:1 a tab is used for indentation', 'indent with blanks'],
    ['an open bracket', 5, '    also: ["GET /1"', '5:11 the [ that opens here is never closed', /^write \]/],
    ['an open brace', 5, '    also: {', '5:11 the { that opens here is never closed', /^write }/],
    ['an open quote', 5, '    also: ["GET /1]', '5:12 the " that opens here is never closed', /^write "/],
    [
      'an open single quote',
      7,
      "    handler: 'one",
      "7:14 the ' that opens here is never closed",
      /^write '/,
    ],
    ['a bracket too many', 5, '    also: ["GET /1"]]', '5:21 the ] closes nothing', 'remove it'],
    ['a second document', 8, '---', '8:1 a second document begins', /^one document only; remove ---/],
    ['a second colon', 7, '    handler: o: ne', '7:14 a key stands where there is a value already', /quotes/],
    ['an at sign', 7, '    handler: @one', '7:14 a value begins with @', 'put the value in quotes'],
    ['text after quotes', 7, '    handler: "one" x', '7:20 "x" stands after the end of a value', /quotes/],
    ['no comma', 5, '    also: ["GET /a" "GET /b"]', '5:21 a comma is missing before this', /quotes/],
    [
      'an escape',
      7,
      '    handler: "o\\qne"',
      '7:16 a backslash in double quotes that begins no escape',
      /single/,
    ],
    ['a comment', 7, '    handler: "one"#x', '7:19 a comment begins right after a value', /blank before/],
    ['a dash', 7, '    - handler: one', '7:1 a key stands where there is a value already', /./],
    ['a block text', 7, '    handler: |one', '7:15 "one" stands after the end of a value', /./],
    ['a directive', 1, '%A b', '2:1 from here on the file cannot be read as YAML', /./],
  ])('%s', (_, line, change, what, cure) => {
    const problems = told(withLine(line, change));
    expect(problems).toHaveLength(1);
    const [message, mended] = problems[0]?.split(' → ') ?? [];
    expect(message).toBe(`yaml-syntax ${what}`);
    expect(mended).toMatch(cure);
  });

  test('have none of the words of the parser', () => {
    for (let number = 2; number <= 16; number += 1) {
      for (const piece of [
        '"',
        "'",
        '[',
        ']',
        '{',
        '}',
        ':',
        '- ',
        ',',
        '\t',
        '? ',
        '|',
        '%',
        '@',
        '#',
        '---',
      ]) {
        for (const text of [
          withLine(number, (before) => before + piece),
          withLine(number, (before) => piece + before),
          withLine(number, (before) => before.replace(/(?<=\S) /, ` ${piece}`)),
        ]) {
          const syntax = told(text).filter((problem) => problem.startsWith('yaml-syntax'));
          expect(syntax.length).toBeLessThan(2);
          expect(syntax.join()).not.toMatch(/implicit|flow|scalar|token|node|YAML\.|mapping/i);
        }
      }
    }
  });
});
