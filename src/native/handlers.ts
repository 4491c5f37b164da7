// Imports the handlers that a table names, before the table takes effect.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { reasonOf } from '../reason.ts';
import type { Problem, ProblemCode } from '../routing/problem.ts';
import type { HandlerSide } from '../routing/route.ts';
import { type Handler, toHandler } from './define-handler.ts';

const COMPILED = ['.js', '.mjs'];

export type HandlersResult =
  | { readonly ok: true; readonly handlers: ReadonlyMap<string, Handler> }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Imports every handler once, by key. A module that is missing, throws, or exports no handler is a problem.
 * `pause` is awaited between two of them.
 */
export async function importHandlers(
  folder: string,
  sides: readonly HandlerSide[],
  extensions: readonly string[] = handlerExtensions(process.execArgv, process.features),
  pause: () => Promise<void> = async () => {},
): Promise<HandlersResult> {
  const handlers = new Map<string, Handler>();
  const problems: Problem[] = [];
  for (const side of sides) {
    if (handlers.has(side.key)) continue;
    // What has been imported before is there without a turn of the event loop.
    await pause();
    const result = await importHandler(folder, side, extensions);
    if (result.ok) handlers.set(side.key, result.handler);
    else problems.push(result.problem);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, handlers };
}

/**
 * Says which files a process can import, the preferred first. tsc writes `a.js` beside `a.ts` unless told
 * otherwise: a worker of `banyan dev`, which has a loader, takes the source, and any other the result.
 */
export function handlerExtensions(execArgv: readonly string[], features: object): readonly string[] {
  if (execArgv.some((argument) => argument.startsWith('--import'))) return ['.ts', ...COMPILED];
  const stripsTypes = 'typescript' in features && features.typescript;
  return stripsTypes ? [...COMPILED, '.ts'] : COMPILED;
}

type ImportResult =
  | { readonly ok: true; readonly handler: Handler }
  | { readonly ok: false; readonly problem: Problem };

async function importHandler(
  folder: string,
  side: HandlerSide,
  extensions: readonly string[],
): Promise<ImportResult> {
  const base = resolve(folder, side.module);
  const file = extensions.map((extension) => base + extension).find((candidate) => existsSync(candidate));
  if (!file && existsSync(`${base}.ts`)) {
    return failure(
      side,
      'handler-failed',
      `${side.module}.ts is TypeScript, which is not loaded here`,
      'compile it (tsc) and set HANDLERS to the folder of the result, or use banyan dev',
    );
  }
  if (!file) {
    return failure(
      side,
      'handler-missing',
      `there is no ${side.module}.js or .ts in ${folder}`,
      'write it, or mend the name',
    );
  }
  try {
    const module: Record<string, unknown> = await import(pathToFileURL(file).href);
    const handler = toHandler(module[side.exportName]);
    return handler ? { ok: true, handler } : notAHandler(side, module);
  } catch (error) {
    const message = reasonOf(error);
    return failure(side, 'handler-failed', `importing ${side.module} failed: ${message}`, 'mend the handler');
  }
}

function notAHandler(side: HandlerSide, module: Record<string, unknown>): ImportResult {
  const what =
    side.exportName in module
      ? `its export ${side.exportName} is no handler`
      : `it has no export ${side.exportName}`;
  return failure(
    side,
    'handler-invalid',
    `${side.module}: ${what}`,
    'export defineHandler(...), an Express Router or app, or a function of (req, res, next)',
  );
}

function failure(side: HandlerSide, code: ProblemCode, message: string, cure: string): ImportResult {
  return { ok: false, problem: { code, position: side.position, message, cure } };
}
