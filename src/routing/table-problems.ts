// What is wrong with the routes of a table as a whole, and how it is told.
import type { Conflict } from './conflicts.ts';
import { findConflicts } from './conflicts.ts';
import type { Entry } from './entry.ts';
import type { Hosts } from './hosts.ts';
import { findTakings, type Taking } from './locks.ts';
import type { Problem } from './problem.ts';
import type { PathRules } from './route.ts';
import { findUnreachable, type Unreachable } from './unreachable.ts';
import { formatWitness } from './witness.ts';

/** Finds all problems and warnings of a table. */
export function findProblems(entries: readonly Entry[], hosts: Hosts, paths: PathRules): readonly Problem[] {
  const conflicts = findConflicts(entries, paths);
  const takings = findTakings(entries, hosts, paths);
  const problems = [...conflicts.map(conflictProblem), ...takings.map(takingProblem)];
  if (problems.length > 0) return problems;
  const unreachable = findUnreachable(entries, hosts, paths);
  return unreachable.map(unreachableWarning);
}

function conflictProblem({ first, second, witness }: Conflict): Problem {
  return {
    code: 'route-conflict',
    position: second.pattern.position,
    message: `${named(second)} and ${placed(first)} tie: ${formatWitness(witness)} meets both`,
    cure: 'make one of them more specific, or remove it; the order in the file never decides',
    related: first.pattern.position,
  };
}

function takingProblem({ locked, taker, witness }: Taking): Problem {
  return {
    code: 'route-locked',
    position: taker.pattern.position,
    message: `${named(taker)} takes ${formatWitness(witness)} from ${placed(locked)}, which is locked`,
    cure: `narrow the match, or take the lock off ${locked.route.name}`,
    related: locked.pattern.position,
  };
}

function unreachableWarning({ entry, takers }: Unreachable): Problem {
  const [first] = takers;
  const warning = {
    ...{ severity: 'warning' as const, code: 'route-unreachable' as const },
    position: entry.pattern.position,
  };
  if (!first) {
    const message = `no request meets ${named(entry)}: its conditions exclude each other`;
    return { ...warning, message, cure: 'remove the match, or one of the conditions' };
  }
  return {
    ...warning,
    message: `no request meets ${named(entry)}: ${takers.map(placed).join(' and ')} take all of them first`,
    cure: 'remove the match, or narrow the others',
    related: first.pattern.position,
  };
}

function named({ route, pattern }: Entry): string {
  return `${route.name} (${pattern.text})`;
}

function placed({ route, pattern }: Entry): string {
  const { file, line } = pattern.position;
  return `${route.name} (${pattern.text}, ${file}:${line})`;
}
