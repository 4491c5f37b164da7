// Imports the handlers of a table in a process that serves nobody, as the edge does before it takes one.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Mode } from '../edge/process/protocol.ts';
import { WorkerStarter } from '../edge/process/worker-starter.ts';
import type { Settings } from '../environment.ts';
import type { Problem } from '../routing/problem.ts';
import type { TableSpec } from '../routing/route.ts';
import { workerCommand } from './worker-command.ts';

/** As the edge is run; `any` takes what is compiled, and TypeScript where nothing is. */
export type HandlerMode = Mode | 'any';

/** Returns what is wrong with the handlers of a table. A table without handlers starts no process. */
export async function tryHandlers(
  spec: TableSpec,
  settings: Settings,
  mode: HandlerMode,
): Promise<readonly Problem[]> {
  const modules = spec.routes.flatMap(({ newSide }) => (newSide?.kind === 'handler' ? [newSide.module] : []));
  if (modules.length === 0) return [];
  const used = mode === 'any' ? modeFor(modules, settings.handlers) : mode;
  const command = workerCommand(used);
  if (!command.ok) return [cannotTry(command.message)];
  const starter = new WorkerStarter({
    // What handlers talk to is not needed to import them, and their log is no part of a command's answer.
    settings: {
      ...settings,
      logLevel: 'silent',
      mysqlUrl: undefined,
      memcacheUrl: undefined,
      sessionUrl: undefined,
      sessionKey: undefined,
    },
    mode: used,
    socket: { fd: 'ignore', name: 'nowhere' },
    worker: { ...command.worker, stdout: 2 },
  });
  const trial = await starter.start(spec);
  if (!trial.ok) return trial.problems;
  trial.worker.kill();
  await trial.worker.exited;
  return [];
}

function modeFor(modules: readonly string[], folder: string): Mode {
  const isSource = (module: string) => {
    const base = resolve(folder, module);
    return existsSync(`${base}.ts`) && !['.js', '.mjs'].some((extension) => existsSync(base + extension));
  };
  return modules.some(isSource) ? 'dev' : 'serve';
}

function cannotTry(message: string): Problem {
  return {
    code: 'handler-failed',
    position: { file: 'handlers', line: 0, column: 0 },
    message: 'handlers in TypeScript cannot be imported here',
    cure: message,
  };
}
