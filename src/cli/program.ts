// The command line: all commands. Options win over the environment, which wins over defaults.
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addCheckCommand } from './check.ts';
import { addDoctorCommand } from './doctor.ts';
import { addEdgeCommands } from './edge-commands.ts';
import { EXIT } from './exit.ts';
import { addExplainCommand } from './explain.ts';
import { addFlipCommand } from './flip.ts';
import { addPlanCommand } from './plan/plan.ts';
import { addRollbackCommand } from './rollback.ts';
import { addRoutesCommand } from './routes.ts';
import { addSchemaCommand } from './schema.ts';

/** Builds the program; nothing runs before `parseAsync`. */
export function createProgram(): Command {
  const program = new Command('banyan')
    .description(
      'An edge in front of a legacy PHP application: each endpoint is answered by PHP or by TypeScript.',
    )
    .version(packageVersion())
    .showHelpAfterError()
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.fine : EXIT.usage));
  addEdgeCommands(program);
  addCheckCommand(program);
  addExplainCommand(program);
  addRoutesCommand(program);
  addPlanCommand(program);
  addFlipCommand(program);
  addRollbackCommand(program);
  addDoctorCommand(program);
  addSchemaCommand(program);
  return program;
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
