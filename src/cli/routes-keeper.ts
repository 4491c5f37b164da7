// Keeps the edge's table in step with the routes file: reads it, follows it, holds on to the last good one.
import { resolve } from 'node:path';
import type { Primary } from '../edge/primary.ts';
import type { Settings } from '../environment.ts';
import type { Log } from '../observe/log.ts';
import type { createPrimaryMetrics } from '../observe/metrics.ts';
import { type LoadContext, loadRoutes, tableWithoutFile } from '../routes-file/load.ts';
import {
  contentProblem,
  type FileContent,
  type RoutesWatch,
  readRoutesFile,
  watchRoutes,
} from '../routes-file/watch.ts';
import { formatProblem, type Problem } from '../routing/problem.ts';
import type { TableSpec } from '../routing/route.ts';

type Opened =
  | { readonly ok: true; readonly keeper: RoutesKeeper }
  | { readonly ok: false; readonly message: string };

type Source = { readonly path: string; readonly context: LoadContext; readonly content: FileContent };

export class RoutesKeeper {
  readonly spec: TableSpec;
  readonly #source: Source | undefined;
  #watch: RoutesWatch | undefined;
  #refused = false;

  /**
   * Reads the routes file at start. Without one the edge starts only if nobody asked for a file and
   * LEGACY_URL says where everything goes; a file that is lost or cannot be read must not undo what it declared.
   */
  static async open(settings: Settings): Promise<Opened> {
    const { file, asked } = settings.routes;
    const path = resolve(file);
    const content = await readRoutesFile(path);
    if (!content.ok) {
      const mayDoWithout = content.missing && !asked && settings.legacyUrl;
      if (mayDoWithout) return withoutFile(mayDoWithout);
      return { ok: false, message: formatProblem(contentProblem(content, file)) };
    }
    const variable = (name: string) => process.env[name];
    const context = { file, legacyUrl: settings.legacyUrl, variable };
    const loaded = loadRoutes(content.text, context);
    if (!loaded.ok) return { ok: false, message: problemsText(loaded.problems, content.text) };
    return { ok: true, keeper: new RoutesKeeper(loaded.spec, { path, context, content }) };
  }

  private constructor(spec: TableSpec, source: Source | undefined) {
    this.spec = spec;
    this.#source = source;
  }

  /** Makes the keeper of an edge without a file. */
  static fixed(spec: TableSpec): RoutesKeeper {
    return new RoutesKeeper(spec, undefined);
  }

  /** The text that the first table was read from. */
  get text(): string | undefined {
    return this.#source?.content.ok ? this.#source.content.text : undefined;
  }

  /** Follows the file from now on: each change is offered to the edge, and its problems are logged. */
  follow(primary: Primary, metrics: ReturnType<typeof createPrimaryMetrics>, log: Log): void {
    metrics.setTable(this.spec.revision, this.spec.routes.length);
    if (!this.#source) return;
    const { path, context, content } = this.#source;
    this.#watch = watchRoutes(path, content, async (changed) => {
      try {
        const result = await offer(changed, context, primary);
        this.#refused = result.kind === 'refused';
        metrics.reloaded(result.kind);
        const spec = primary.spec;
        if (spec) metrics.setTable(spec.revision, spec.routes.length);
        logReload(log, result, spec?.revision);
      } catch (error) {
        log.error({ err: error }, 'the routes file could not be taken: a bug of the edge');
      }
    });
  }

  /** Reads the file again, changed or not. */
  async reload(): Promise<void> {
    await this.#watch?.reload();
  }

  /** Offers a file that was refused again: what it lacked, a handler perhaps, may be there now. */
  async retry(): Promise<void> {
    if (this.#refused) await this.reload();
  }

  close(): void {
    this.#watch?.close();
  }
}

type Reload =
  | { readonly kind: 'applied'; readonly routes: number }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly message: string; readonly problems: readonly Problem[] };

async function offer(content: FileContent, context: LoadContext, primary: Primary): Promise<Reload> {
  if (!content.ok) return refused([contentProblem(content, context.file)], undefined);
  const loaded = loadRoutes(content.text, context);
  if (!loaded.ok) return refused(loaded.problems, content.text);
  if (loaded.spec.revision === primary.spec?.revision) return { kind: 'unchanged' };
  const problems = await primary.offer(loaded.spec);
  return problems.length > 0
    ? refused(problems, content.text)
    : { kind: 'applied', routes: loaded.spec.routes.length };
}

function refused(problems: readonly Problem[], text: string | undefined): Reload {
  return { kind: 'refused', message: problemsText(problems, text), problems };
}

function logReload(log: Log, reload: Reload, revision: string | undefined): void {
  switch (reload.kind) {
    case 'applied':
      return log.info(
        { revision },
        `the routes file has changed: revision ${revision}, ${reload.routes} routes`,
      );
    case 'unchanged':
      return log.info({ revision }, `the routes file was read again: revision ${revision} as before`);
    case 'refused':
      return log.error(
        { revision, problems: reload.problems },
        `revision ${revision} stays, for the routes file has problems\n${reload.message}`,
      );
  }
}

function withoutFile(legacyUrl: string): Opened {
  const loaded = tableWithoutFile(legacyUrl);
  if (!loaded.ok) return { ok: false, message: problemsText(loaded.problems, undefined) };
  return { ok: true, keeper: RoutesKeeper.fixed(loaded.spec) };
}

/** Tells problems one below the other; those of workers have no place in the file's text. */
export function problemsText(problems: readonly Problem[], text: string | undefined): string {
  return problems
    .map((problem) => formatProblem(problem, problem.code === 'worker-failed' ? undefined : text))
    .join('\n\n');
}
