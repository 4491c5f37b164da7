// Every routes file of docs/routes-yaml.md loads, and meets the requests that it says it meets.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runTests } from '../../src/cli/run-tests.ts';
import { type LoadContext, loadRoutes } from '../../src/routes-file/load.ts';
import { formatProblems } from '../../src/routing/problem.ts';
import type { TableSpec } from '../../src/routing/route.ts';
import { formatStage } from '../../src/routing/stage.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/routes-yaml.md', import.meta.url)), 'utf8');
const recipes = (page.split('## Recipes')[1] ?? '')
  .split(/^### /m)
  .slice(1)
  .map((section) => ({ title: section.split('\n')[0] ?? '', files: yamlBlocks(section) }));

describe('the recipe', () => {
  test.each(recipes)('$title', ({ files }) => {
    const [text = '', stages] = files;
    const spec = load(text, stages);
    expect(spec.tests.length).toBeGreaterThan(0);
    expect(runTests(spec)).toEqual([]);
  });

  test('for each of twelve tasks is there', () => {
    expect(recipes).toHaveLength(12);
  });

  test('with stages of its own for production says other stages', () => {
    const [text = '', stages] = recipes.at(-1)?.files ?? [];
    const stagesOf = (spec: TableSpec) => spec.routes.map(({ stage }) => formatStage(stage));
    expect(stagesOf(load(text))).toEqual(['new', 'new']);
    expect(stagesOf(load(text, stages))).toEqual(['canary 5%', 'legacy']);
  });
});

test('the example at the top of the page loads, and its tests hold', () => {
  const [first = ''] = yamlBlocks(page);
  expect(runTests(load(first))).toEqual([]);
});

function yamlBlocks(text: string): readonly string[] {
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
}

function load(text: string, stages?: string): TableSpec {
  const context: LoadContext = {
    file: 'routes.yaml',
    legacyUrl: 'http://127.0.0.1:8080',
    variable: () => undefined,
    stages: stages === undefined ? undefined : { file: 'production.yaml', text: stages },
  };
  const result = loadRoutes(text, context);
  if (!result.ok) throw new Error(formatProblems(result.problems, result.texts));
  return result.spec;
}
