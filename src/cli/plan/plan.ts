// `banyan plan`: what an edit of routes.yaml does, in sentences.
import { statSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { Settings } from '../../environment.ts';
import { type FileContent, readContentSync } from '../../routes-file/content.ts';
import type { LoadResult } from '../../routes-file/load.ts';
import { formatProblems } from '../../routing/problem.ts';
import type { TableSpec } from '../../routing/route.ts';
import { EXIT } from '../exit.ts';
import { askingEnvironment, loadFrom } from '../open-table.ts';
import { addSettingsOptions, settingsOrExit } from '../settings-options.ts';
import { complain, print, printJson } from '../terminal.ts';
import { changesBetween } from './changes.ts';
import { gitRevision } from './git-files.ts';
import { planJson, planMarkdown, planText, problemsMarkdown } from './report.ts';

const FORMATS = ['text', 'json', 'markdown'] as const;
type Format = (typeof FORMATS)[number];

const HELP = `
BASE is a file, or a revision of git (main, HEAD~1, v1.2) at which the file, what it includes and the file of
stages are read. A file wins where both have one name. Who answered a match before, and who answers one that
goes, is shown by one request that the match takes.

Exit codes: 0 fine, whatever changes; 1 one of the two has problems; 2 usage.

  banyan plan main
  banyan plan production-routes.yaml routes.yaml
  banyan plan origin/main --format markdown    # fit for a comment on a pull request`;

/** Adds the command. */
export function addPlanCommand(program: Command): void {
  const command = program
    .command('plan')
    .description('Say what an edit of the routes file does, in sentences.')
    .argument('<base>', 'a file, or a revision of git')
    .argument('[file]', 'the routes file (ROUTES, default routes.yaml)')
    .addOption(new Option('--format <format>', 'how it is told').choices(FORMATS).default('text'));
  addSettingsOptions(command, ['STAGES']).addHelpText('after', HELP);
  command.action(async (base: string, file: string | undefined, options: { readonly format: Format }) => {
    const settings = settingsOrExit(options);
    process.exitCode = plan(base, file ?? settings.routes.file, settings, options.format);
  });
}

function plan(base: string, file: string, settings: Settings, format: Format): number {
  const after = loadAsked(settings, file, readContentSync);
  if (!after.ok) return tellProblems(file, after, format);
  const before = loadBase(base, file, settings, after.spec);
  if (!before) {
    complain(`banyan: ${base} is neither a file nor a revision of the repository that ${file} stands in`);
    return EXIT.usage;
  }
  if (!before.ok) return tellProblems(base, before, format);
  const told = {
    base: { name: base, revision: before.spec.revision },
    file: { name: file, revision: after.spec.revision },
    changes: changesBetween(before.spec, after.spec),
  };
  if (format === 'json') printJson(planJson(told));
  else print(format === 'markdown' ? planMarkdown(told) : planText(told));
  return EXIT.fine;
}

type Base = { readonly ok: true; readonly spec: TableSpec } | (LoadResult & { readonly ok: false });

function loadBase(base: string, file: string, settings: Settings, after: TableSpec): Base | undefined {
  if (statSync(base, { throwIfNoEntry: false })?.isFile()) return loadAsked(settings, base, readContentSync);
  const revision = gitRevision(base, file);
  if (!revision) return undefined;
  if (isMissing(revision.read(file))) return { ok: true, spec: withoutRoutes(after) };
  const { stages } = settings.routes;
  const hasStages = stages !== undefined && !isMissing(revision.read(stages));
  const routes = { ...settings.routes, stages: hasStages ? stages : undefined };
  return loadAsked({ ...settings, routes }, file, revision.read);
}

function loadAsked(settings: Settings, file: string, read: (file: string) => FileContent): LoadResult {
  return loadFrom(settings, file, read, askingEnvironment(settings));
}

function isMissing(content: FileContent): boolean {
  return !content.ok && content.missing;
}

/** Before there was a file there was an edge without routes, if any. */
function withoutRoutes(after: TableSpec): TableSpec {
  return { ...after, revision: 'none', routes: [], rollouts: [], tests: [] };
}

function tellProblems(name: string, { problems, texts }: LoadResult & { ok: false }, format: Format): number {
  const told = formatProblems(problems, texts);
  if (format === 'json') printJson({ ok: false, file: name, problems });
  else if (format === 'markdown') print(problemsMarkdown(name, told));
  else complain(`${name} has problems\n\n${told}`);
  return EXIT.problems;
}
