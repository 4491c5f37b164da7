// Problems as annotations of a GitHub workflow: they are shown beside the lines of a pull request.
// Source: actions/toolkit packages/core/src/command.ts, which says what is escaped.
import type { Problem } from '../routing/problem.ts';

/** Writes one workflow command a problem. */
export function githubAnnotations(problems: readonly Problem[]): string {
  return problems.map((problem) => `${annotation(problem)}\n`).join('');
}

function annotation({ severity, code, position, message, cure }: Problem): string {
  const { file, line, column } = position;
  // Line 0 is a place outside all files, such as a variable of the environment.
  const isInFile = line > 0 && code !== 'worker-failed';
  const place = isInFile ? { file, line, col: column } : {};
  const properties = Object.entries({ ...place, title: `banyan: ${code}` })
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
    .join(',');
  const told = isInFile ? message : `${file}: ${message}`;
  return `::${severity === 'warning' ? 'warning' : 'error'} ${properties}::${escapeData(`${told}\n→ ${cure}`)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
