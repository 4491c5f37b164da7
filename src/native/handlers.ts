// Imports the handlers that a table names, before the table takes effect.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Problem, ProblemCode } from '../routing/problem.ts';
import type { HandlerSide } from '../routing/route.ts';
import { type Handler, toHandler } from './define-handler.ts';

const EXTENSIONS = ['.ts', '.js', '.mjs'];

export type HandlersResult =
  | { readonly ok: true; readonly handlers: ReadonlyMap<string, Handler> }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Imports every handler once, by key. A module that is missing, throws, or exports no handler is a problem. */
export async function importHandlers(folder: string, sides: readonly HandlerSide[]): Promise<HandlersResult> {
  const handlers = new Map<string, Handler>();
  const problems: Problem[] = [];
  for (const side of sides) {
    if (handlers.has(side.key)) continue;
    const result = await importHandler(folder, side);
    if (result.ok) handlers.set(side.key, result.handler);
    else problems.push(result.problem);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, handlers };
}

type ImportResult =
  | { readonly ok: true; readonly handler: Handler }
  | { readonly ok: false; readonly problem: Problem };

async function importHandler(folder: string, side: HandlerSide): Promise<ImportResult> {
  const base = resolve(folder, side.module);
  const file = EXTENSIONS.map((extension) => base + extension).find((candidate) => existsSync(candidate));
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
    const message = error instanceof Error ? error.message : String(error);
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
