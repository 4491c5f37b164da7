// How a worker is started: the compiled module, or with a TypeScript loader under `banyan dev`.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Mode } from '../edge/process/protocol.ts';

type WorkerCommand =
  | { readonly ok: true; readonly worker: { readonly entry: URL; readonly execArgv: readonly string[] } }
  | { readonly ok: false; readonly message: string };

/**
 * Room for what one request leaves behind: with Node's 16 MiB, much of it is still in use when V8 collects,
 * and is copied. Saves an eighth of the processor time, costs some 11 MiB (`npm run bench`).
 */
const V8_FLAGS = ['--max-semi-space-size=32'];

/** Finds what runs a worker. `dev` needs tsx, or a Node that strips types by itself. */
export function workerCommand(mode: Mode): WorkerCommand {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const entry = new URL(`../main-worker.${extension}`, import.meta.url);
  if (mode === 'serve' && extension === 'js') return { ok: true, worker: { entry, execArgv: V8_FLAGS } };
  const loader = findTsx();
  if (loader) return { ok: true, worker: { entry, execArgv: [...V8_FLAGS, '--import', loader] } };
  if ((process.features as { typescript?: unknown }).typescript)
    return { ok: true, worker: { entry, execArgv: V8_FLAGS } };
  return {
    ok: false,
    message: 'banyan dev reads TypeScript: npm install --save-dev tsx, or use Node 22.18 or later',
  };
}

/** tsx as the project that is being developed has it, or as this package has it. */
function findTsx(): string | undefined {
  for (const from of [pathToFileURL(`${process.cwd()}/`), import.meta.url]) {
    try {
      return pathToFileURL(createRequire(from).resolve('tsx')).href;
    } catch {
      // Not there; the next place is asked.
    }
  }
  return undefined;
}
