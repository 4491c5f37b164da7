// Keeps the edge's table in step with the routes file: reads it, follows it, holds on to the last good one.
import { resolve } from 'node:path';
import type { Reload, ReloadHistory } from '../admin/reloads.ts';
import type { Primary } from '../edge/primary.ts';
import type { Settings } from '../environment.ts';
import type { Log } from '../observe/log.ts';
import type { PrimaryMetrics } from '../observe/metrics.ts';
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
  #last: Reload | undefined;

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

  /** Follows the file from now on: each change is offered to the edge, and told to whoever keeps account. */
  follow(primary: Primary, { metrics, log, reloads }: Account): void {
    metrics.setTable(this.spec.revision, this.spec.routes.length);
    if (!this.#source) return;
    const { path, context, content } = this.#source;
    this.#watch = watchRoutes(path, content, async (changed) => {
      try {
        const since = performance.now();
        const { message, ...result } = await offer(changed, context, primary);
        const { revision, routes = [] } = primary.spec ?? {};
        const ms = Math.round(performance.now() - since);
        this.#last = { ...result, revision, routes: routes.length, ms };
        reloads.add(this.#last);
        metrics.reloaded(result.result);
        if (revision !== undefined) metrics.setTable(revision, routes.length);
        logReload(log, this.#last, message);
      } catch (error) {
        log.error({ err: error }, 'the routes file could not be taken: a bug of the edge');
      }
    });
  }

  /** Reads the file again, changed or not; undefined where none is followed. */
  async reload(): Promise<Reload | undefined> {
    if (!this.#watch) return undefined;
    await this.#watch.reload();
    return this.#last;
  }

  /** Offers a file that was refused again: what it lacked, a handler perhaps, may be there now. */
  async retry(): Promise<void> {
    if (this.#last?.result === 'refused') await this.reload();
  }

  close(): void {
    this.#watch?.close();
  }
}

type Account = {
  readonly metrics: PrimaryMetrics;
  readonly log: Log;
  readonly reloads: ReloadHistory;
};

/** What an edge made of a text; `message` tells the problems with the lines around them. */
type Offered = Pick<Reload, 'result' | 'problems'> & { readonly message: string };

async function offer(content: FileContent, context: LoadContext, primary: Primary): Promise<Offered> {
  if (!content.ok) return refused([contentProblem(content, context.file)], undefined);
  const loaded = loadRoutes(content.text, context);
  if (!loaded.ok) return refused(loaded.problems, content.text);
  if (loaded.spec.revision === primary.spec?.revision) {
    return { result: 'unchanged', problems: [], message: '' };
  }
  const problems = await primary.offer(loaded.spec);
  if (problems.length > 0) return refused(problems, content.text);
  return { result: 'applied', problems: [], message: '' };
}

function refused(problems: readonly Problem[], text: string | undefined): Offered {
  return { result: 'refused', message: problemsText(problems, text), problems };
}

function logReload(log: Log, { result, revision, routes, problems }: Reload, message: string): void {
  switch (result) {
    case 'applied':
      return log.info({ revision }, `the routes file has changed: revision ${revision}, ${routes} routes`);
    case 'unchanged':
      return log.info({ revision }, `the routes file was read again: revision ${revision} as before`);
    case 'refused':
      return log.error(
        { revision, problems },
        `revision ${revision} stays, for the routes file has problems\n${message}`,
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
