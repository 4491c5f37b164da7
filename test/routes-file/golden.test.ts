// Every routes file in test/golden, held against the table or the problems that stand beside it. A case is a file
// NAME.yaml; NAME.stages.yaml is its stages file, and what it includes stands in a folder of its own.
// UPDATE=1 writes the expectations: read them before they are committed, for they are what users read.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readContentSync } from '../../src/routes-file/content.ts';
import { type LoadContext, loadRoutes } from '../../src/routes-file/load.ts';
import { formatProblems } from '../../src/routing/problem.ts';
import { tableText } from './table-text.ts';

const root = fileURLToPath(new URL('../golden', import.meta.url));

const VARIABLES: Readonly<Record<string, string>> = {
  API_URL: 'http://api.internal:4000',
  EMPTY: '',
  SECRET_URL: 'http://user:secret@host/path',
};

const topics = readdirSync(root);

describe.each(topics)('%s', (topic) => {
  const files = readdirSync(join(root, topic)).filter((file) => /^[^.]+\.yaml$/.test(file));
  test.each(files)('%s', (file) => {
    const path = join(root, topic, file);
    const expected = path.replace(/\.yaml$/, '.expected');
    const told = `${outcome(path)}\n`;
    if (process.env.UPDATE === '1') writeFileSync(expected, told);
    else expect(told).toBe(readFileSync(expected, 'utf8'));
  });
});

test('there are at least 150 cases, each with its expectation, and no file that is neither', () => {
  const files = topics.flatMap((topic) =>
    readdirSync(join(root, topic), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(root, topic, entry.name)),
  );
  const cases = files.filter((file) => /\/[^./]+\.yaml$/.test(file));
  const others = cases.flatMap((file) =>
    ['.expected', '.stages.yaml'].map((end) => file.replace(/\.yaml$/, end)),
  );
  expect(cases.length).toBeGreaterThanOrEqual(150);
  expect(files.filter((file) => !cases.includes(file) && !others.includes(file))).toEqual([]);
  expect(cases.filter((file) => !files.includes(file.replace(/\.yaml$/, '.expected')))).toEqual([]);
});

function outcome(path: string): string {
  const stages = path.replace(/\.yaml$/, '.stages.yaml');
  const context: LoadContext = {
    file: 'routes.yaml',
    legacyUrl: 'http://127.0.0.1:8080',
    variable: (name) => VARIABLES[name],
    include: (name) => readContentSync(join(dirname(path), name)),
    stages: existsSync(stages) ? { file: 'stages.yaml', text: readFileSync(stages, 'utf8') } : undefined,
  };
  const result = loadRoutes(readFileSync(path, 'utf8'), context);
  // What a path of this machine is called has no place in an expectation.
  const told = (problems: Parameters<typeof formatProblems>[0]) =>
    formatProblems(problems, result.texts).replaceAll(root, 'test/golden');
  if (!result.ok) return told(result.problems);
  return [tableText(result.spec), ...(result.warnings.length > 0 ? [told(result.warnings)] : [])].join(
    '\n\n',
  );
}
