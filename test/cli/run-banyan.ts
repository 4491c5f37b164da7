// Runs a command as the command line does, in this process, in a folder of its own.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** Makes a folder for each test of a file, and returns what is done in it. */
export function useFolder() {
  let folder = '';
  let before = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'banyan-command-'));
    before = process.cwd();
    process.chdir(folder);
    for (const name of ['ROUTES', 'STAGES', 'HANDLERS']) vi.stubEnv(name, undefined);
    vi.stubEnv('LEGACY_URL', 'http://127.0.0.1:9');
  });
  afterEach(() => {
    process.chdir(before);
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  return {
    write: (file: string, text: string) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    read: (file: string) => readFileSync(join(folder, file), 'utf8'),
    path: (file: string) => join(folder, file),
  };
}

/** Runs `banyan` with these words. */
export async function banyan(...words: readonly string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += String(text);
      return true;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      err += String(text);
      return true;
    }),
    vi.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Exit(Number(code));
    }),
  ];
  const exitCode = process.exitCode;
  try {
    process.exitCode = 0;
    await createProgram().parseAsync(['node', 'banyan', ...words]);
    return { code: Number(process.exitCode), out, err };
  } catch (error) {
    if (error instanceof Exit) return { code: error.code, out, err };
    throw error;
  } finally {
    process.exitCode = exitCode;
    for (const spy of spies) spy.mockRestore();
  }
}
