// What can be wrong with a routes file: one catalogue, and how a problem is told.
import { maskUserInfo } from '../mask.ts';
import type { Position } from './route.ts';

/** Stable codes, each with what it means. docs/errors.md explains them to users. */
export const problemCodes = {
  'file-unreadable': 'the routes file cannot be read',
  'file-too-large': 'the routes file is larger than 5 MiB',
  'file-empty': 'the routes file is empty, as it is for a moment while it is written',
  'yaml-syntax': 'the file is not YAML',
  'yaml-feature': 'an anchor, alias, merge key or tag, which routes.yaml does not allow',
  'duplicate-key': 'one key stands twice in one mapping',
  'unknown-key': 'a key that routes.yaml does not know',
  'missing-key': 'a key that is needed is not there',
  'invalid-value': 'a value that its key does not take',
  'invalid-name': 'a route or upstream name that is not fit for a shell',
  'invalid-match': 'a match that cannot be read',
  'invalid-url': 'an upstream address that is not an http URL',
  'unset-variable': 'a variable without a default that the environment does not set',
  'unknown-upstream': 'an upstream that is not declared',
  'missing-legacy': 'no address of the legacy application',
  'missing-new-side': 'a route at stage new without handler, upstream or redirect',
  'several-new-sides': 'a route with more than one of handler, upstream and redirect',
  'route-conflict': 'two matches that one request can meet and that nothing puts in an order',
  'handler-missing': 'a handler whose file is not there',
  'handler-failed': 'a handler whose file throws when it is imported',
  'handler-invalid': 'a handler whose export is not a handler',
  'worker-failed': 'a worker that died or did not answer while it took the table',
} as const;

export type ProblemCode = keyof typeof problemCodes;

/** One thing that is wrong, where, and what to do about it. */
export type Problem = {
  readonly code: ProblemCode;
  readonly position: Position;
  readonly message: string;
  readonly cure: string;
};

/**
 * Tells a problem as `file:line:column code message`, the lines around it with a caret when the
 * source is given, and the cure.
 */
export function formatProblem(problem: Problem, source?: string): string {
  const { file, line, column } = problem.position;
  const head = `${file}:${line}:${column} ${problem.code}: ${problem.message}`;
  const frame = source === undefined ? [] : codeFrame(source, line, column);
  return [head, ...frame, `  → ${problem.cure}`].join('\n');
}

/** Orders problems as they stand in the file. */
export function byPosition(first: Problem, second: Problem): number {
  return first.position.line - second.position.line || first.position.column - second.position.column;
}

function codeFrame(source: string, line: number, column: number): readonly string[] {
  const lines = source.split('\n');
  const first = Math.max(1, line - 1);
  const width = String(line).length;
  const shown = lines.slice(first - 1, line).map((text, index) => {
    const number = String(first + index).padStart(width);
    return `  ${number} | ${maskUserInfo(text.replace(/\r$/, ''))}`;
  });
  return [...shown, `  ${' '.repeat(width)} | ${' '.repeat(Math.max(0, column - 1))}^`];
}
