// `banyan serve` and `banyan dev`.
import type { Command } from 'commander';
import { runEdge } from './run-edge.ts';
import { addSettingsOptions, settingsOrExit } from './settings-options.ts';

const SIGNALS = `
Signals: TERM and INT finish the requests in flight and stop (a second one stops at once);
HUP reads the routes file again; USR2 replaces the workers one by one, with fresh code.
To stop: /readyz of the admin listener says 503 and all goes on for DRAIN_DELAY; then new connections
are refused, and requests in flight have DRAIN_TIMEOUT to end. With --listen fd:3 the edge takes over a
listening socket that its parent, such as systemd, hands down as descriptor 3; connections wait in it
from one process to the next. More is in docs/operations.md.

Every other setting comes from the environment: see docs/environment.md.

Exit codes: 0 stopped as asked; 1 not started, or stopped at once; 2 usage.`;

/** Adds the commands that serve. */
export function addEdgeCommands(program: Command): void {
  add(program, 'serve', 'Serve. LEGACY_URL=http://127.0.0.1:8080 banyan serve needs nothing else.');
  add(program, 'dev', 'Serve, with handlers in TypeScript reloaded as they are saved.');
}

function add(program: Command, name: 'serve' | 'dev', description: string): void {
  const command = program.command(name).description(description);
  addSettingsOptions(command, ['ROUTES', 'STAGES', 'HANDLERS', 'LISTEN', 'ADMIN_LISTEN', 'WORKERS']);
  command.addHelpText('after', SIGNALS).action(async (options: Record<string, unknown>) => {
    process.exitCode = await runEdge(name, settingsOrExit(options));
  });
}
