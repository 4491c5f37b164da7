// The command line: commands and their options. Options win over the environment, which wins over defaults.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { type EnvironmentName, environmentTable, readSettings, type Settings } from '../environment.ts';
import { EXIT } from './exit.ts';
import { runEdge } from './run-edge.ts';

const OPTIONS: readonly (readonly [flags: string, name: EnvironmentName])[] = [
  ['--routes <file>', 'ROUTES'],
  ['--handlers <folder>', 'HANDLERS'],
  ['--listen <address>', 'LISTEN'],
  ['--admin <address>', 'ADMIN_LISTEN'],
  ['--workers <number>', 'WORKERS'],
];

/** Builds the program; nothing runs before `parseAsync`. */
export function createProgram(): Command {
  const program = new Command('banyan')
    .description(
      'An edge in front of a legacy PHP application: each endpoint is answered by PHP or by TypeScript.',
    )
    .version(packageVersion())
    .showHelpAfterError()
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.fine : EXIT.usage));
  addEdgeCommand(
    program,
    'serve',
    'Serve. LEGACY_URL=http://127.0.0.1:8080 banyan serve needs nothing else.',
  );
  addEdgeCommand(program, 'dev', 'Serve, with handlers in TypeScript reloaded as they are saved.');
  return program;
}

function addEdgeCommand(program: Command, name: 'serve' | 'dev', description: string): void {
  const command = program.command(name).description(description);
  for (const [flags, variable] of OPTIONS) {
    const { about, default: fallback } = environmentTable[variable];
    command.option(flags, `${about} (${variable}, default ${fallback})`);
  }
  command.addHelpText('after', SIGNALS);
  command.action(async (options: Record<string, string>) => {
    process.exitCode = await runEdge(name, settingsOrExit(options));
  });
}

const SIGNALS = `
Signals: TERM and INT finish the requests in flight and stop (a second one stops at once);
HUP reads the routes file again; USR2 replaces the workers one by one, with fresh code.
Every other setting comes from the environment: see docs/environment.md.`;

function settingsOrExit(options: Record<string, string>): Settings {
  const given = OPTIONS.flatMap(([flags, variable]) => {
    const value = options[optionKey(flags)];
    return value === undefined ? [] : [[variable, value] as const];
  });
  const result = readSettings({ ...process.env, ...Object.fromEntries(given) }, availableParallelism());
  if (result.ok) return result.settings;
  for (const error of result.errors) process.stderr.write(`banyan: ${error}\n`);
  process.exit(EXIT.usage);
}

function optionKey(flags: string): string {
  return flags.slice(2, flags.indexOf(' '));
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
