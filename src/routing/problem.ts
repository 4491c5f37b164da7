// What can be wrong with a routes file: one catalogue, and how a problem is told.
import { maskUserInfo } from '../mask.ts';
import type { Position } from './route.ts';

/** Stable codes, each with what it means. docs/errors.md explains them to users. */
export const problemCodes = {
  'file-unreadable': 'the routes file cannot be read',
  'file-encoding': 'the routes file is not UTF-8',
  'file-too-large': 'the routes file is larger than 5 MiB',
  'file-empty': 'the routes file is empty, as it is for a moment while it is written',
  'yaml-syntax': 'the file is not YAML',
  'yaml-feature': 'an anchor, alias, merge key or tag, which routes.yaml does not allow',
  'needs-quotes': 'a value that YAML reads otherwise because it is not in quotes',
  'duplicate-key': 'one key stands twice in one mapping',
  'duplicate-name': 'one name that stands in two files, or for a route and a rollout',
  'include-twice': 'a file that is included twice, or by itself',
  'unknown-key': 'a key that routes.yaml does not know',
  'missing-key': 'a key that is needed is not there',
  'invalid-value': 'a value that its key does not take',
  'invalid-name': 'a name of a route, upstream, cohort or rollout that is not fit for a shell',
  'invalid-match': 'a match that cannot be read',
  'invalid-redirect': 'a redirect that leads nowhere, or where a visitor chooses',
  'invalid-test': 'a test that cannot be read',
  'invalid-url': 'an upstream address that is not an http URL',
  'unset-variable': 'a variable without a default that the environment does not set',
  'unknown-upstream': 'an upstream that is not declared',
  'unknown-cohort': 'a cohort that is not declared',
  'unknown-rollout': 'a rollout that is not declared',
  'unknown-route': 'a name that no route has',
  'missing-legacy': 'no address of the legacy application',
  'missing-new-side': 'a route that may be answered by a new side, but has none',
  'several-new-sides': 'a route with more than one of handler, upstream and redirect',
  'stage-and-rollout': 'a route with a stage of its own and a rollout',
  'locked-stage': 'a locked route at another stage than legacy',
  'route-conflict': 'two matches that one request can meet and that nothing puts in an order',
  'route-locked': 'a match that takes part of what a locked route keeps',
  'route-unreachable': 'a match that no request ever meets',
  'test-failed': 'a test of the file that does not hold',
  'handler-missing': 'a handler whose file is not there',
  'handler-failed': 'a handler whose file throws when it is imported',
  'handler-invalid': 'a handler whose export is not a handler',
  'worker-failed': 'a worker that died or did not answer while it took the table',
} as const;

export type ProblemCode = keyof typeof problemCodes;

/** One thing that is wrong, where, and what to do about it. */
export type Problem = {
  /** A warning hinders nothing, unless `banyan check --strict`; undefined for a problem. */
  readonly severity?: 'problem' | 'warning';
  readonly code: ProblemCode;
  readonly position: Position;
  readonly message: string;
  readonly cure: string;
  /** The other place that the problem is about. */
  readonly related?: Position;
};

/**
 * Tells a problem as `file:line:column code message`, the lines around it with a caret when the
 * source is given, and the cure. Line 0 is a place outside the file: it has a name only.
 */
export function formatProblem(problem: Problem, source?: string): string {
  const { file, line, column } = problem.position;
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  const frame = source === undefined || line === 0 ? [] : codeFrame(source, line, column);
  const told = [`${place} ${problem.code}: ${problem.message}`, ...frame, `  → ${problem.cure}`].join('\n');
  // What stands in a file must not move the cursor of whoever reads of it.
  return told.replace(/(?![\t\n])\p{Cc}/gu, '\ufffd');
}

/** Tells problems one below the other, each with the lines around it; those of workers have no place in a text. */
export function formatProblems(problems: readonly Problem[], texts: ReadonlyMap<string, string>): string {
  return problems
    .map((problem) =>
      formatProblem(problem, problem.code === 'worker-failed' ? undefined : texts.get(problem.position.file)),
    )
    .join('\n\n');
}

/** Orders problems as they stand in the file. */
export function byPosition(first: Problem, second: Problem): number {
  return first.position.line - second.position.line || first.position.column - second.position.column;
}

const FRAME_WIDTH = 160;

function codeFrame(source: string, line: number, column: number): readonly string[] {
  const lines = source.split('\n');
  const first = Math.max(1, line - 1);
  const width = String(line).length;
  // A caret far to the right takes its lines along.
  const start = column <= FRAME_WIDTH - 20 ? 0 : column - FRAME_WIDTH / 2;
  const shown = lines.slice(first - 1, line).map((text, index) => {
    const number = String(first + index).padStart(width);
    return `  ${number} | ${cut(maskUserInfo(text.replace(/\r$/, '')), start)}`;
  });
  return [...shown, `  ${' '.repeat(width)} | ${' '.repeat(Math.max(0, column - 1 - start))}^`];
}

/** Cuts a line to what is shown of it; dots stand for the rest. */
function cut(text: string, start: number): string {
  const end = start + FRAME_WIDTH;
  const middle = text.slice(start, end);
  const head = start > 0 && middle.length > 3 ? `...${middle.slice(3)}` : middle;
  return text.length > end ? `${head.slice(0, -3)}...` : head;
}
