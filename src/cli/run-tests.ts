// Runs the tests that stand in a routes file.
import type { Problem } from '../routing/problem.ts';
import type { Expectation, RouteTest, TableSpec } from '../routing/route.ts';
import { buildTable, type MatchResult, type Table } from '../routing/table.ts';
import { inputOf } from './asked-request.ts';

/** Returns a problem for each test that does not meet what it says. */
export function runTests(spec: TableSpec): readonly Problem[] {
  if (spec.tests.length === 0) return [];
  const built = buildTable(spec);
  return built.ok ? spec.tests.flatMap((test) => run(test, built.table)) : built.problems;
}

function run(test: RouteTest, table: Table): readonly Problem[] {
  const met = meetingOf(table.match(inputOf(test)));
  const expected = nameOf(test.expected);
  if (met === expected) return [];
  return [
    {
      code: 'test-failed',
      position: test.position,
      message: `"${test.text}" does not hold: it is ${met}`,
      cure: `mend the routes or the test; banyan explain ${test.method} '${test.host}${test.target}' says why`,
    },
  ];
}

function nameOf(expected: Expectation): string {
  return expected.kind === 'route' ? expected.name : expected.kind;
}

function meetingOf(result: MatchResult): string {
  switch (result.kind) {
    case 'matched':
      return result.route.name;
    case 'respelled':
      return result.answer === 'refuse' ? 'refused' : 'undeclared';
    case 'needs-body':
    case 'undeclared':
      return 'undeclared';
  }
}
