// Keeps the edge's table in step with the routes file: reads it, follows it, holds on to the last good one.
import type { Reload, ReloadHistory } from '../admin/reloads.ts';
import type { Primary } from '../edge/primary.ts';
import type { Settings } from '../environment.ts';
import type { Log } from '../observe/log.ts';
import type { PrimaryMetrics } from '../observe/metrics.ts';
import { type LoadEnvironment, tableWithoutFile } from '../routes-file/load.ts';
import { loadFiles, type RoutesFiles, readRoutesFiles } from '../routes-file/read.ts';
import { type RoutesWatch, watchRoutes } from '../routes-file/watch.ts';
import { formatProblems, type Problem } from '../routing/problem.ts';
import type { TableSpec } from '../routing/route.ts';

type Opened =
  | { readonly ok: true; readonly keeper: RoutesKeeper }
  | { readonly ok: false; readonly message: string };

type Source = { readonly files: RoutesFiles; readonly environment: LoadEnvironment };

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
    const files = await readRoutesFiles({ file });
    const content = files.contents.get(file);
    const mayDoWithout = content?.ok === false && content.missing && !asked && settings.legacyUrl;
    if (mayDoWithout) return withoutFile(mayDoWithout);
    const environment = { legacyUrl: settings.legacyUrl, variable: (name: string) => process.env[name] };
    const loaded = loadFiles(files, environment);
    if (!loaded.ok) return { ok: false, message: formatProblems(loaded.problems, loaded.texts) };
    return { ok: true, keeper: new RoutesKeeper(loaded.spec, { files, environment }) };
  }

  private constructor(spec: TableSpec, source: Source | undefined) {
    this.spec = spec;
    this.#source = source;
  }

  /** Makes the keeper of an edge without a file. */
  static fixed(spec: TableSpec): RoutesKeeper {
    return new RoutesKeeper(spec, undefined);
  }

  /** The texts that the first table was read from, by their files. */
  get texts(): ReadonlyMap<string, string> {
    return this.#source?.files.gathered?.texts ?? new Map();
  }

  /** Follows the file from now on: each change is offered to the edge, and told to whoever keeps account. */
  follow(primary: Primary, { metrics, log, reloads }: Account): void {
    metrics.setTable(this.spec.revision, this.spec.routes.length);
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
  return { result: 'applied', problems: [], message: '' };
}

function refused(problems: readonly Problem[], texts: ReadonlyMap<string, string>): Offered {
  return { result: 'refused', message: formatProblems(problems, texts), problems };
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
  if (!loaded.ok) return { ok: false, message: formatProblems(loaded.problems, new Map()) };
  return { ok: true, keeper: RoutesKeeper.fixed(loaded.spec) };
}
