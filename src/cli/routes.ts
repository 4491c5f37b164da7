// `banyan routes`: the table with all that holds by default filled in.
import type { Command } from 'commander';
import { describeRoutes } from '../admin/routes.ts';
import type { Settings } from '../environment.ts';
import { formatProblems } from '../routing/problem.ts';
import { EXIT } from './exit.ts';
import { openTable } from './open-table.ts';
import { addSettingsOptions, settingsOrExit } from './settings-options.ts';
import { tableText } from './table-text.ts';
import { complain, print, printJson } from './terminal.ts';

const HELP = `
Included files and the file of stages are read, defaults are filled in, variables in addresses are replaced.
With --json it is what a running edge answers at /api/routes; durations are milliseconds, sizes bytes.

Exit codes: 0 fine; 1 the routes file has problems; 2 usage.`;

/** Adds the command. */
export function addRoutesCommand(program: Command): void {
  const command = program
    .command('routes')
    .description('Show the table with all that holds by default filled in.')
    .option('--json', 'tell it for scripts');
  addSettingsOptions(command, ['ROUTES', 'STAGES']).addHelpText('after', HELP);
  command.action(async (options: { readonly json?: true }) => {
    process.exitCode = await routes(settingsOrExit(options), options.json === true);
  });
}

async function routes(settings: Settings, json: boolean): Promise<number> {
  const { loaded } = await openTable(settings);
  if (!loaded.ok) {
    complain(formatProblems(loaded.problems, loaded.texts));
    return EXIT.problems;
  }
  if (json) printJson(describeRoutes(loaded.spec));
  else print(tableText(loaded.spec));
  return EXIT.fine;
}
