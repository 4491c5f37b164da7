// The docs say what the code does: every code, metric, key and dependency stands in both.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../src/cli/exit.ts';
import { createProgram } from '../src/cli/program.ts';
import { environmentNames } from '../src/environment.ts';
import { createPrimaryMetrics, createWorkerMetrics } from '../src/observe/metrics.ts';
import { php } from '../src/php/for-handlers.ts';
import { problemCodes } from '../src/routing/problem.ts';
import { unexplainedKeys, withKeyTables } from './routes-file/key-table.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFileSync(`${root}${file}`, 'utf8');

/** The first cells of a page's table rows, as far as they are one word in backquotes. */
function firstCells(text: string): string[] {
  return [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, cell = '']) => cell);
}

describe('docs', () => {
  test('errors.md explains every problem code, and no other', () => {
    expect(firstCells(read('docs/errors.md')).toSorted()).toEqual(Object.keys(problemCodes).toSorted());
  });

  test('commands.md explains every command and option, and no other', () => {
    const sections = read('docs/commands.md').split(/^## /m).slice(1);
    const told = sections.flatMap((section) => {
      const [, name] = /^banyan (\w+)\n/.exec(section) ?? [];
      return name === undefined ? [] : [[name, firstCells(section).toSorted()]];
    });
    const known = createProgram().commands.map((command) => [
      command.name(),
      command.options.map(({ flags }) => flags).toSorted(),
    ]);
    expect(told.toSorted()).toEqual(known.toSorted());
  });

  test('commands.md explains every exit code, and no other', () => {
    const [, section = ''] = /^## Exit codes\n(.*?)^## /ms.exec(read('docs/commands.md')) ?? [];
    expect(firstCells(section).map(Number)).toEqual(Object.values(EXIT));
  });

  test('the help of every command tells its exit codes', () => {
    const silent = createProgram().commands.filter((command) => {
      let text = '';
      command.configureOutput({
        writeOut: (more) => {
          text += more;
        },
      });
      command.outputHelp();
      return command.name() !== 'schema' && !text.includes('Exit codes: 0 ');
    });
    expect(silent.map((command) => command.name())).toEqual([]);
  });

  test('environment.md explains every variable, and no other', () => {
    const [table = ''] = read('docs/environment.md').split('## Options that ride');
    expect(firstCells(table)).toEqual(environmentNames);
  });

  test('operations.md explains every metric, and no other', async () => {
    const worker = (await createWorkerMetrics().collect()) as { name: string }[];
    const own = worker.map(({ name }) => name).filter((name) => !name.startsWith('banyan_worker_'));
    const primary = [...(await createPrimaryMetrics().expose([])).matchAll(/^# HELP (\S+)/gm)].map(
      ([, name]) => name,
    );
    const [, metrics = ''] = read('docs/operations.md').split('## Metrics');
    expect(firstCells(metrics).toSorted()).toEqual([...own, ...primary].toSorted());
  });

  test('routes-yaml.md has the tables that the schema makes (UPDATE=1 writes them)', () => {
    const page = read('docs/routes-yaml.md');
    if (process.env.UPDATE === '1') writeFileSync(`${root}docs/routes-yaml.md`, withKeyTables(page));
    else expect(page).toBe(withKeyTables(page));
  });

  test('routes-yaml.md explains every key of every mapping', () => {
    expect(unexplainedKeys(read('docs/routes-yaml.md'))).toEqual([]);
  });

  test('dependencies.md has a line for each dependency, and no other', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'));
    const lines = [...read('docs/dependencies.md').matchAll(/^\| (@?[a-z][\w/-]*)(?: [\d.]+)? \|/gm)];
    const named = lines.map(([, name]) => name).filter((name) => name !== 'package');
    const types = Object.keys(devDependencies).filter((name) => name.startsWith('@types/'));
    expect([...named, ...types].toSorted()).toEqual(
      [...Object.keys(dependencies), ...Object.keys(devDependencies)].toSorted(),
    );
  });

  test('php.md explains every habit under `php`, and no other', () => {
    const [, habits = ''] = read('docs/php.md').split(/^## Habits$/m);
    const names = Object.keys(php);
    const isFlag = (name: string) => /^(?:JSON|ENT)_/.test(name);
    const told = firstCells(habits).flatMap((cell) => (cell.startsWith('php.') ? [cell.slice(4)] : []));
    expect(told.toSorted()).toEqual(names.filter((name) => !isFlag(name)).toSorted());
    const flags = new Set(habits.match(/\b(?:JSON|ENT)_[A-Z0-9_]+/g));
    flags.delete('JSON_THROW_ON_ERROR');
    expect([...flags].toSorted()).toEqual(names.filter(isFlag).toSorted());
  });

  test('the list of decisions names every decision', () => {
    const files = readdirSync(`${root}docs/decisions`).filter((file) => file !== 'README.md');
    const linked = [...read('docs/decisions/README.md').matchAll(/\((\d{4}-[^)]+)\)/g)].map(
      ([, file]) => file,
    );
    expect(linked).toEqual(files.toSorted());
  });

  test('security.md names tests that exist, and every item that is tested', () => {
    const shown = [...read('docs/security.md').matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+)\)/g)];
    const missing = shown.filter(
      ([, name = '', file = '']) => !testNames(file).some((one) => isNamed(one, name)),
    );
    expect(missing.map(([link]) => link)).toEqual([]);
    const items = readdirSync(`${root}test/edge/hygiene`)
      .filter((file) => file.endsWith('.test.ts'))
      .flatMap((file) => testNames(`test/edge/hygiene/${file}`))
      .flatMap((name) => /^[A-E]\d+ /.exec(name)?.[0].trim() ?? []);
    const named = shown.flatMap(([, name = '']) => (/^[A-E]\d+$/.test(name) ? [name] : []));
    expect(items).toHaveLength(31);
    expect(named.toSorted()).toEqual(items.toSorted());
  });

  test('every link between pages leads somewhere', () => {
    const pages = [
      ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
      ...readdirSync(`${root}docs`, { recursive: true }).flatMap((file) =>
        String(file).endsWith('.md') ? [`docs/${file}`] : [],
      ),
    ];
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].flatMap(([, link = '']) => {
        const target = new URL(link, `file:///${page}`).pathname.slice(1);
        return exists(target) ? [] : [`${page}: ${link}`];
      }),
    );
    expect(broken).toEqual([]);
  });
});

/** The names of a file's tests and groups of tests. */
function testNames(file: string): string[] {
  return [...read(file).matchAll(/\b(?:test|describe|it)(?:\.each[^;]*?\]\))?\(\s*(['"`])(.+?)\1,/gs)].map(
    ([, , name = '']) => name,
  );
}

/** Whether a link's text is a test's name, or the beginning of it. */
function isNamed(test: string, text: string): boolean {
  return test === text || test.startsWith(`${text} `) || test.startsWith(`${text},`);
}

function exists(path: string): boolean {
  try {
    readdirSync(`${root}${path}`);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR';
  }
}
