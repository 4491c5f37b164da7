// How a problem is told.
import { describe, expect, test } from 'vitest';
import { byPosition, formatProblem, type Problem, problemCodes } from '../../src/routing/problem.ts';

const at = (line: number, column: number): Problem => ({
  code: 'unknown-key',
  position: { file: 'routes.yaml', line, column },
  message: 'there is no key "stge" here',
  cure: 'did you mean "stage"?',
});

describe('formatProblem', () => {
  test('names file, line, column, code, what is wrong and the cure', () => {
    expect(formatProblem(at(2, 5))).toBe(
      'routes.yaml:2:5 unknown-key: there is no key "stge" here\n  → did you mean "stage"?',
    );
  });

  test('shows the line, the one before it, and a caret under the place', () => {
    expect(formatProblem(at(2, 5), 'routes:\n    stge: new\nnext: 1').split('\n')).toEqual([
      'routes.yaml:2:5 unknown-key: there is no key "stge" here',
      '  1 | routes:',
      '  2 |     stge: new',
      '    |     ^',
      '  → did you mean "stage"?',
    ]);
  });

  test('aligns line numbers of different lengths, and takes Windows line ends', () => {
    const source = `${'\r\n'.repeat(8)}nine\r\nten\r\n`;
    expect(formatProblem(at(10, 1), source).split('\n').slice(1, 4)).toEqual([
      '   9 | nine',
      '  10 | ten',
      '     | ^',
    ]);
  });

  test('never shows the user information of an address', () => {
    const source = 'upstreams:\n  legacy: http://shop:p@ss/word@db:80/\n';
    const told = formatProblem(at(2, 11), source);
    expect(told).not.toMatch(/shop|p@ss|word/);
    expect(told).toContain('2 |   legacy: http://***@db:80/');
  });

  test('of the environment has a name and no place in the file', () => {
    const problem = { ...at(0, 0), position: { file: 'LEGACY_URL', line: 0, column: 0 } };
    expect(formatProblem(problem, 'routes: {}')).toBe(
      'LEGACY_URL unknown-key: there is no key "stge" here\n  → did you mean "stage"?',
    );
  });

  test.each([1, 139, 141, 500, 9_990])('cuts long lines around column %d', (column) => {
    const source = `short\n${'x'.repeat(column - 1)}!${'y'.repeat(10_000 - column)}`;
    const [, short = '', line = '', caret = ''] = formatProblem(at(2, column), source).split('\n');
    expect(line.length).toBeLessThanOrEqual(166);
    expect(line[caret.indexOf('^')]).toBe('!');
    expect(short).toBe(column < 141 ? '  1 | short' : '  1 | ');
  });
});

test('control characters of a file do not reach a terminal', () => {
  const told = formatProblem({ ...at(1, 1), message: 'no \u001b[2J' }, 'a:\tb\u001b[31m\u0007');
  expect(told).toContain('no \ufffd[2J');
  expect(told).toContain('  1 | a:\tb\ufffd[31m\ufffd\n');
});

test('byPosition orders by line, then by column', () => {
  const places = [at(2, 1), at(1, 9), at(10, 1), at(1, 2)].toSorted(byPosition);
  expect(places.map(({ position }) => [position.line, position.column])).toEqual([
    [1, 2],
    [1, 9],
    [2, 1],
    [10, 1],
  ]);
});

test('every code is in kebab case and is explained', () => {
  for (const [code, text] of Object.entries(problemCodes)) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(text).not.toBe('');
  }
});
