// How a worker is started: the compiled module, or with a TypeScript loader under `banyan dev`.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Mode } from '../edge/protocol.ts';

type WorkerCommand =
  | { readonly ok: true; readonly worker: { readonly entry: URL; readonly execArgv: readonly string[] } }
  | { readonly ok: false; readonly message: string };

/** Finds what runs a worker. `dev` needs tsx, or a Node that strips types by itself. */
export function workerCommand(mode: Mode): WorkerCommand {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const entry = new URL(`../main-worker.${extension}`, import.meta.url);
  if (mode === 'serve' && extension === 'js') return { ok: true, worker: { entry, execArgv: [] } };
  const loader = findTsx();
  if (loader) return { ok: true, worker: { entry, execArgv: ['--import', loader] } };
  if ('typescript' in process.features) return { ok: true, worker: { entry, execArgv: [] } };
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
