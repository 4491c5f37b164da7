// The command line.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { workerCommand } from '../../src/cli/worker-command.ts';
import { environmentTable } from '../../src/environment.ts';

let written: string;

beforeEach(() => {
  written = '';
  const write = (text: unknown) => {
    written += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(write);
  vi.spyOn(process.stderr, 'write').mockImplementation(write);
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`);
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const run = (...words: readonly string[]) => createProgram().parseAsync(['node', 'banyan', ...words]);

describe.each(['serve', 'dev'])('banyan %s --help', (command) => {
  test('ends well, and names every option with its variable and default', async () => {
    await expect(run(command, '--help')).rejects.toThrow('exit 0');
    const help = written.replaceAll(/\s+/g, ' ');
    const options = [
      ['--routes <file>', 'ROUTES'],
      ['--handlers <folder>', 'HANDLERS'],
      ['--listen <address>', 'LISTEN'],
      ['--admin <address>', 'ADMIN_LISTEN'],
      ['--workers <number>', 'WORKERS'],
    ] as const;
    for (const [flags, name] of options) {
      const { about, default: fallback } = environmentTable[name];
      expect(help).toContain(`${flags} ${about} (${name}, default ${fallback})`);
    }
    expect(help).toMatch(/Signals: TERM and INT .* HUP .* USR2 /);
    expect(help).toMatch(/ DRAIN_DELAY; .* DRAIN_TIMEOUT .* fd:3 .* descriptor 3/);
  });
});

test('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  await expect(run('--version')).rejects.toThrow('exit 0');
  expect(written).toBe(`${version}\n`);
});

test.each([[['nonsense']], [['serve', '--nonsense']], [['serve', '--listen']], [[]]])(
  'banyan %j is a mistake of usage: exit code 2, and help',
  async (words) => {
    await expect(run(...words)).rejects.toThrow('exit 2');
    expect(written).toContain('Usage: banyan');
  },
);

describe('settings', () => {
  test('that cannot be read are all told, with exit code 2', async () => {
    vi.stubEnv('LOG_LEVEL', 'loud');
    await expect(run('serve', '--listen', 'nowhere', '--workers', '0')).rejects.toThrow('exit 2');
    expect(written.split('\n').map((line) => line.split('=')[0])).toEqual([
      'banyan: LISTEN',
      'banyan: WORKERS',
      'banyan: LOG_LEVEL',
      '',
    ]);
  });

  test('of options win over the environment', async () => {
    vi.stubEnv('LISTEN', 'from-the-environment');
    await expect(run('serve', '--listen', 'from-an-option')).rejects.toThrow('exit 2');
    expect(written).toContain('LISTEN="from-an-option"');
    expect(written).not.toContain('from-the-environment');
  });
});

test('a worker is the module beside the command, read through a TypeScript loader while it is TypeScript', () => {
  const command = workerCommand('dev');
  if (!command.ok) throw new Error(command.message);
  expect(command.worker.entry.pathname).toMatch(/\/src\/main-worker\.ts$/);
  expect(command.worker.execArgv).toEqual([
    '--max-semi-space-size=32',
    '--import',
    expect.stringMatching(/^file:.*tsx/),
  ]);
});
