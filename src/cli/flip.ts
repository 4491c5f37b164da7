// `banyan flip`: changes the stage of a route in its file, and nothing else.
import type { Command } from 'commander';
import { type StageChange, type StageChangeResult, workOutChange, writeChange } from './change-stage.ts';
import { EXIT } from './exit.ts';
import { addSettingsOptions, settingsOrExit } from './settings-options.ts';
import { type AskedChange, changeJson, changeText } from './stage-change-report.ts';
import { complain, print, printJson } from './terminal.ts';

/** The options of every command that changes a stage. */
export type ChangeOptions = {
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly routes?: string;
  readonly stages?: string;
};

const HELP = `
The stage is written as in the file: legacy, "shadow 10%", "canary 5% staff", new, gone; "default" takes it
out of the file. Where the route belongs to a rollout, the rollout's stage is changed, and so that of all its
routes. With --stages the change is made in that file.

One value changes: comments, order, quotes, indentation and line ends stay as they are, to the byte. The file
is replaced in one step. A change whose result would not check is not made.

Exit codes: 0 done, or nothing to do; 1 problems, and nothing was changed; 2 usage.

  banyan flip product-page canary 5% staff
  banyan flip product-page new --stages production.yaml --dry-run`;

/** Adds the command. */
export function addFlipCommand(program: Command): void {
  const command = program
    .command('flip')
    .description('Change the stage of a route in its file.')
    .argument('<name>', 'a route or a rollout')
    .argument('<stage...>', 'the stage; its words may stand side by side');
  addChangeOptions(command).addHelpText('after', HELP);
  command.action(async (name: string, stage: readonly string[], options: ChangeOptions) => {
    const settings = settingsOrExit(options);
    process.exitCode = await carryOut(await workOutChange(settings, name, stage.join(' ')), options);
  });
}

/** Adds what a change of stage can be told. */
export function addChangeOptions(command: Command): Command {
  command
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--json', 'tell it for scripts');
  return addSettingsOptions(command, ['ROUTES', 'STAGES', 'HANDLERS']);
}

/** Writes a change that was worked out, and tells it; returns the exit code. */
export async function carryOut(result: StageChangeResult, options: ChangeOptions): Promise<number> {
  if (!result.ok) return failed(result.message, result.code);
  const { change } = result;
  // What a change must have shown before it may be written (evidence, a reason) is asked for here.
  const failure = options.dryRun ? undefined : await writeChange(change);
  if (failure !== undefined) return failed(failure, EXIT.problems);
  tell(change, options);
  return EXIT.fine;
}

function tell(change: StageChange, { json, dryRun = false, routes, stages }: ChangeOptions): void {
  const asked: AskedChange = { dryRun, routes, stages };
  if (json) printJson(changeJson(change, asked));
  else print(changeText(change, asked));
}

function failed(message: string, code: number): number {
  complain(code === EXIT.usage ? `banyan: ${message}` : message);
  return code;
}
