// Keeps the edge's table in step with the routes file: reads it, follows it, holds on to the last good one.
import type { Reload, ReloadHistory } from '../admin/reloads.ts';
import type { Primary } from '../edge/process/primary.ts';
import type { Settings } from '../environment.ts';
import type { Log } from '../observe/log.ts';
import type { PrimaryMetrics } from '../observe/metrics.ts';
import type { LoadEnvironment, LoadResult } from '../routes-file/load.ts';
import { loadFiles, type RoutesFiles } from '../routes-file/read.ts';
import { type RoutesWatch, watchRoutes } from '../routes-file/watch.ts';
import { formatProblems, type Problem } from '../routing/problem.ts';
import type { TableSpec } from '../routing/route.ts';
import { loadEnvironment, openTable } from './open-table.ts';

type Opened =
  | { readonly ok: true; readonly keeper: RoutesKeeper }
  | { readonly ok: false; readonly message: string };

type Source = { readonly files: RoutesFiles; readonly environment: LoadEnvironment };

export class RoutesKeeper {
  readonly spec: TableSpec;
  readonly warnings: readonly Problem[];
  /** The texts that the first table was read from, by their files. */
  readonly texts: ReadonlyMap<string, string>;
  readonly #source: Source | undefined;
  #watch: RoutesWatch | undefined;
  #last: Reload | undefined;

  /** Reads the table that the edge starts with, or tells every problem of it. */
  static async open(settings: Settings): Promise<Opened> {
    const { loaded, files } = await openTable(settings);
    if (!loaded.ok) return { ok: false, message: formatProblems(loaded.problems, loaded.texts) };
    const source = files && { files, environment: loadEnvironment(settings) };
    return { ok: true, keeper: new RoutesKeeper(loaded, source) };
  }

  private constructor({ spec, warnings, texts }: LoadResult & { ok: true }, source: Source | undefined) {
    this.spec = spec;
    this.warnings = warnings;
    this.texts = texts;
    this.#source = source;
  }

  /** Follows the file from now on: each change is offered to the edge, and told to whoever keeps account. */
  follow(primary: Primary, { metrics, log, reloads }: Account): void {
    metrics.setTable(this.spec.revision, this.spec.routes.length);
    logWarnings(log, this.warnings, formatProblems(this.warnings, this.texts));
    if (!this.#source) return;
    const { files, environment } = this.#source;
    this.#watch = watchRoutes(files, async (changed) => {
      try {
        const since = performance.now();
        const { message, ...result } = await offer(changed, environment, primary);
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

async function offer(files: RoutesFiles, environment: LoadEnvironment, primary: Primary): Promise<Offered> {
  const loaded = loadFiles(files, environment);
  if (!loaded.ok) return refused(loaded.problems, loaded.texts);
  if (loaded.spec.revision === primary.spec?.revision) {
    return { result: 'unchanged', problems: [], message: '' };
  }
  const problems = await primary.offer(loaded.spec);
  if (problems.length > 0) return refused(problems, loaded.texts);
  const { warnings } = loaded;
  return { result: 'applied', problems: warnings, message: formatProblems(warnings, loaded.texts) };
}

function refused(problems: readonly Problem[], texts: ReadonlyMap<string, string>): Offered {
  return { result: 'refused', message: formatProblems(problems, texts), problems };
}

/** Tells what hinders nothing. */
function logWarnings(log: Log, warnings: readonly Problem[], message: string): void {
  if (warnings.length > 0) log.warn({ problems: warnings }, `the routes file has warnings\n${message}`);
}

function logReload(log: Log, { result, revision, routes, problems }: Reload, message: string): void {
  switch (result) {
    case 'applied':
      log.info({ revision }, `the routes file has changed: revision ${revision}, ${routes} routes`);
      return logWarnings(log, problems, message);
    case 'unchanged':
      return log.info({ revision }, `the routes file was read again: revision ${revision} as before`);
    case 'refused':
      return log.error(
        { revision, problems },
        `revision ${revision} stays, for the routes file has problems\n${message}`,
      );
  }
}
