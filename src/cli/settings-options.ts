// Options that stand for a variable of the environment. They win over it, and it wins over its default.
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { type EnvironmentName, environmentTable, readSettings, type Settings } from '../environment.ts';
import { EXIT } from './exit.ts';

const FLAGS = {
  ROUTES: '--routes <file>',
  STAGES: '--stages <file>',
  HANDLERS: '--handlers <folder>',
  LISTEN: '--listen <address>',
  ADMIN_LISTEN: '--admin <address>',
  WORKERS: '--workers <number>',
} as const satisfies Partial<Record<EnvironmentName, string>>;

export type OptionName = keyof typeof FLAGS;

/** Adds options that stand for variables, each told with its variable and default. */
export function addSettingsOptions(command: Command, names: readonly OptionName[]): Command {
  for (const name of names) {
    const { about, default: fallback } = environmentTable[name];
    const otherwise = fallback === '' ? '' : `, default ${fallback}`;
    command.option(FLAGS[name], `${about} (${name}${otherwise})`);
  }
  return command;
}

/** Reads the settings, options first; ends the process when one cannot be read. */
export function settingsOrExit(options: Readonly<Record<string, unknown>>): Settings {
  const given = Object.entries(FLAGS).flatMap(([name, flags]) => {
    const value = options[flags.slice(2, flags.indexOf(' '))];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  const result = readSettings({ ...process.env, ...Object.fromEntries(given) }, availableParallelism());
  if (result.ok) return result.settings;
  for (const error of result.errors) process.stderr.write(`banyan: ${error}\n`);
  process.exit(EXIT.usage);
}
