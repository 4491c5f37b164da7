// Routes files with slips in them: no crash, no long wait, and never a table from a file that is not valid.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type LoadContext, type LoadResult, loadRoutes } from '../../src/routes-file/load.ts';
import { figure, record } from '../e2e/figures.ts';
import { faultOf } from './file-oracle.ts';
import { mutated, randomFrom } from './mutations.ts';
import { tableYaml } from './table-yaml.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const context: LoadContext = {
  file: 'routes.yaml',
  legacyUrl: 'http://127.0.0.1:8080',
  variable: () => undefined,
};
const files = [
  join(root, 'routes.yaml'),
  ...readdirSync(join(root, 'test/golden'), { recursive: true })
    .map((file) => join(root, 'test/golden', String(file)))
    .filter((file) => file.endsWith('.yaml')),
];
const texts = files.map((file) => readFileSync(file, 'utf8'));
const [shop = ''] = texts;
const count = figure(300, 10_000);
const SECOND = 1_000;

test('files with slips crash nothing, take under a second, and make no table unless they are valid', () => {
  const random = randomFrom(4);
  const found = { tables: 0, refused: 0, slowest: 0 };
  for (let index = 0; index < count; index += 1) {
    // Every second one is the shop's, which is the most like a real one.
    const text = index % 2 === 0 ? shop : (texts[Math.floor(random() * texts.length)] ?? '');
    const slipped = mutated(text, texts, random);
    const { result, ms } = timed(slipped);
    found.slowest = Math.max(found.slowest, ms);
    if (!result.ok) found.refused += 1;
    else {
      found.tables += 1;
      expect(faultOf(slipped), slipped).toBeUndefined();
      expect(again(result), slipped).toBe(result.spec.revision);
    }
  }
  expect(found.tables).toBeGreaterThan(0);
  expect(found.refused).toBeGreaterThan(0);
  record({
    figure: 'Routes files with slips in them',
    demanded: '10,000: no crash, none over a second twice in succession, never a table from an invalid file',
    measured: `${count}: ${found.refused} refused, ${found.tables} valid still, the slowest ${Math.ceil(found.slowest)} ms`,
  });
}, 600_000);

test('the oracle finds fault with what the loader refuses by rule, and none with what it takes', () => {
  const valid = texts.filter((text) => loadRoutes(text, context).ok);
  expect(valid.length).toBeGreaterThan(20);
  expect(valid.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
  const faults = ['zebra: 1', 'routes: {}', 'a: &a 1', '<<: {}'].map((line) => faultOf(`${shop}\n${line}\n`));
  expect(faults).not.toContain(undefined);
});

/** Loads a text; one that takes over a second gets a second chance, for the machine may have been busy. */
function timed(text: string): { readonly result: LoadResult; readonly ms: number } {
  const once = () => {
    const since = performance.now();
    const result = loadRoutes(text, context);
    return { result, ms: performance.now() - since };
  };
  const first = once();
  if (first.ms < SECOND) return first;
  const second = once();
  expect(second.ms, text).toBeLessThan(SECOND);
  return second;
}

/** The revision of the table that a table written down makes. */
function again(result: LoadResult & { readonly ok: true }): string {
  const variable = (name: string) => (name === 'LEGACY_URL' ? context.legacyUrl : context.variable(name));
  const written = loadRoutes(tableYaml(result.spec), { ...context, variable });
  return written.ok ? written.spec.revision : written.problems.map(({ message }) => message).join('; ');
}
