// `banyan rollback`: takes a route back to legacy, or to another earlier stage, in its file.
import type { Command } from 'commander';
import type { Stage } from '../routing/route.ts';
import { formatStage, STAGE_WORDS } from '../routing/stage.ts';
import { type StageChangeResult, workOutChange } from './change-stage.ts';
import { EXIT } from './exit.ts';
import { addChangeOptions, type ChangeOptions, carryOut } from './flip.ts';
import { settingsOrExit } from './settings-options.ts';

const HELP = `
Without --to the route goes back to legacy: PHP answers, as it did before. No handler is imported to find out
whether that is right, for a handler may be the reason. A running edge that follows the file takes the change
at once. Where the route belongs to a rollout, all routes of the rollout go back.

Exit codes: 0 done, or nothing to do; 1 problems, and nothing was changed; 2 usage.

  banyan rollback product-page
  banyan rollback checkout --to "canary 5% staff"`;

/** Adds the command. */
export function addRollbackCommand(program: Command): void {
  const command = program
    .command('rollback')
    .description('Take a route back to legacy, or to another earlier stage, in its file.')
    .argument('<name>', 'a route or a rollout')
    .option('--to <stage>', 'an earlier stage than the one it is at', 'legacy');
  addChangeOptions(command).addHelpText('after', HELP);
  command.action(async (name: string, options: ChangeOptions & { readonly to: string }) => {
    const settings = settingsOrExit(options);
    const workOut = async () => onlyBack(await workOutChange(settings, { name, stage: options.to }));
    process.exitCode = await carryOut(workOut, options);
  });
}

function onlyBack(result: StageChangeResult): StageChangeResult {
  if (!result.ok) return result;
  const { place, before, after } = result.change;
  if (share(after) <= share(before)) return result;
  const [from, to] = [before, after].map(formatStage);
  const message = `from ${from} to ${to} is no way back: banyan flip ${place.name} ${to}`;
  return { ok: false, code: EXIT.usage, message };
}

/** How far a stage has come, and how much of the traffic it has there; canary alone has its cohorts only. */
function share({ word, percent }: Stage): number {
  const all = word === 'canary' ? 0 : 100;
  return STAGE_WORDS.indexOf(word) * 1_000 + (percent ?? all);
}
