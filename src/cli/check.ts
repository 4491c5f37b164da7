// `banyan check`: says everything that is wrong with a routes file, by the way that the edge itself takes.
import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { Mode } from '../edge/process/protocol.ts';
import type { Settings } from '../environment.ts';
import { decode, type FileContent, readContentSync } from '../routes-file/content.ts';
import type { LoadResult } from '../routes-file/load.ts';
import { formatProblem, type Problem } from '../routing/problem.ts';
import type { TableSpec } from '../routing/route.ts';
import { EXIT } from './exit.ts';
import { githubAnnotations } from './github-annotations.ts';
import { loadFrom } from './open-table.ts';
import { runTests } from './run-tests.ts';
import { addSettingsOptions, settingsOrExit } from './settings-options.ts';
import { coloured, print, printJson } from './terminal.ts';
import { tryHandlers } from './try-handlers.ts';

const FORMATS = ['text', 'json', 'github'] as const;
type Options = { readonly strict?: true; readonly dev?: true; readonly format: (typeof FORMATS)[number] };

const HELP = `
Everything is told at once: what is wrong in the file and in those it includes, matches that one request
can meet with nothing to put them in an order, tests that do not hold, handlers that cannot be imported.
Handlers are imported in a process of their own, which serves nobody. Nothing is listened on, and nothing
that is running is touched.

Exit codes: 0 fine; 1 problems (with --strict, warnings too); 2 usage.

  banyan check
  git show main:routes.yaml | banyan check -
  banyan check --format github --strict        # in a workflow: problems stand beside the lines of the diff`;

/** Adds the command. */
export function addCheckCommand(program: Command): void {
  const command = program
    .command('check')
    .description('Say everything that is wrong with a routes file, by the way that the edge itself takes.')
    .argument('[file]', 'the routes file, or - for standard input (ROUTES, default routes.yaml)')
    .option('--strict', 'warnings are problems')
    .option('--dev', 'take handlers in TypeScript, as banyan dev does')
    .addOption(new Option('--format <format>', 'how it is told').choices(FORMATS).default('text'));
  addSettingsOptions(command, ['STAGES', 'HANDLERS']).addHelpText('after', HELP);
  command.action(async (file: string | undefined, options: Options) => {
    process.exitCode = await check(file, options, settingsOrExit(options));
  });
}

/** A table and what is wrong with it, in the order of the files. */
export type Checked = {
  readonly file: string;
  readonly spec: TableSpec | undefined;
  readonly problems: readonly Problem[];
  readonly texts: ReadonlyMap<string, string>;
};

async function check(given: string | undefined, options: Options, settings: Settings): Promise<number> {
  const file = given === '-' ? 'stdin' : (given ?? settings.routes.file);
  const loaded = loadFrom(settings, file, given === '-' ? withStdin(file) : readContentSync);
  const checked = await checkTable(file, loaded, settings, options.dev ? 'dev' : 'serve');
  const fails = checked.problems.some((problem) => options.strict || !isWarning(problem));
  switch (options.format) {
    case 'text':
      print(textOf(checked));
      break;
    case 'json':
      printJson(jsonOf(checked, !fails));
      break;
    case 'github':
      process.stdout.write(githubAnnotations(checked.problems));
      break;
  }
  return fails ? EXIT.problems : EXIT.fine;
}

async function checkTable(
  file: string,
  loaded: LoadResult,
  settings: Settings,
  mode: Mode,
): Promise<Checked> {
  const { texts } = loaded;
  if (!loaded.ok) return { file, spec: undefined, problems: loaded.problems, texts };
  const { spec, warnings } = loaded;
  const failed = [...runTests(spec), ...(await tryHandlers(spec, settings, mode))];
  return { file, spec, problems: [...failed, ...warnings], texts };
}

function withStdin(name: string): (file: string) => FileContent {
  return (file) => (file === name ? decode(readFileSync(0)) : readContentSync(file));
}

function isWarning({ severity }: Problem): boolean {
  return severity === 'warning';
}

function textOf(checked: Checked): string {
  const told = checked.problems.map((problem) => {
    const isPlaced = problem.code !== 'worker-failed';
    const [first = '', ...rest] = formatProblem(
      problem,
      isPlaced ? checked.texts.get(problem.position.file) : undefined,
    ).split('\n');
    return [coloured(isWarning(problem) ? 'yellow' : 'red', first), ...rest].join('\n');
  });
  return [...told, summary(checked)].join('\n\n');
}

function summary({ file, spec, problems }: Checked): string {
  const warnings = problems.filter(isWarning).length;
  const counts = [count(problems.length - warnings, 'problem'), count(warnings, 'warning')].filter(Boolean);
  if (!spec) return `${file}: ${counts.join(', ')}`;
  const parts = [count(spec.routes.length, 'route') || 'no routes', count(spec.tests.length, 'test')];
  const what = [...parts, `revision ${spec.revision}`].filter(Boolean).join(', ');
  return `${file}: ${counts.join(', ') || coloured('green', 'fine')} (${what})`;
}

function count(number: number, what: string): string {
  if (number === 0) return '';
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function jsonOf({ file, spec, problems }: Checked, ok: boolean) {
  return {
    ...{ ok, file, revision: spec?.revision ?? null, routes: spec?.routes.length ?? null },
    tests: spec?.tests.length ?? null,
    problems: problems.map(({ severity = 'problem', code, position, message, cure }) => ({
      ...{ severity, code, ...position, message, cure },
    })),
  };
}
