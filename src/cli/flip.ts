// `banyan flip`: changes the stage of a route in its file, and nothing else.
import { type Command, InvalidArgumentError } from 'commander';
import type { ReplaceResult } from '../routes-file/replace-file.ts';
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

type FlipOptions = ChangeOptions & { readonly line?: number };

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
    .argument('<stage...>', 'the stage; its words may stand side by side')
    .option('--line <number>', 'where the stage is written if it is not there; an undo says it', parseLine);
  addChangeOptions(command).addHelpText('after', HELP);
  command.action(async (name: string, words: readonly string[], options: FlipOptions) => {
    const asked = { name, stage: words.join(' '), line: options.line };
    const settings = settingsOrExit(options);
    process.exitCode = await carryOut(() => workOutChange(settings, asked), options);
  });
}

function parseLine(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Write a number from 1.');
  return Number(text);
}

/** Adds what a change of stage can be told. */
export function addChangeOptions(command: Command): Command {
  command
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--json', 'tell it for scripts');
  return addSettingsOptions(command, ['ROUTES', 'STAGES', 'HANDLERS']);
}

/** So often a change is worked out again where somebody else has written the file meanwhile. */
const MOST_ATTEMPTS = 10;

/** Works out a change, writes it, and tells it; returns the exit code. */
export async function carryOut(
  workOut: () => Promise<StageChangeResult>,
  options: ChangeOptions,
): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await workOut();
    if (!result.ok) return failed(result.message, result.code);
    // What a change must have shown before it may be written (evidence, a reason) is asked for here.
    const written: ReplaceResult = options.dryRun ? { ok: true } : await writeChange(result.change);
    if (written.ok) {
      tell(result.change, options);
      return EXIT.fine;
    }
    if (!written.isStale || attempt === MOST_ATTEMPTS) return failed(written.message, EXIT.problems);
  }
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
