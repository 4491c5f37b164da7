// What became of the routes file's last changes, as the admin API tells it.
import type { Problem } from '../routing/problem.ts';

/** One reading of the routes file by a running edge. */
export type Reload = {
  readonly result: 'applied' | 'unchanged' | 'refused';
  /** The revision that is served after it. */
  readonly revision: string | undefined;
  readonly routes: number;
  /** How long it took from the text to a table in every worker, in milliseconds. */
  readonly ms: number;
  /** Why it was refused; warnings of a table that was taken. */
  readonly problems: readonly Problem[];
};

type Recorded = Reload & { readonly at: string };

const KEPT = 20;

/** Remembers the last reloads. */
export class ReloadHistory {
  readonly #now: () => Date;
  #newestFirst: readonly Recorded[] = [];
  #refused: Recorded | undefined;

  constructor(now: () => Date) {
    this.#now = now;
  }

  add(reload: Reload): void {
    const recorded = { at: this.#now().toISOString(), ...reload };
    this.#newestFirst = [recorded, ...this.#newestFirst].slice(0, KEPT);
    if (reload.result === 'refused') this.#refused = recorded;
  }

  /**
   * Tells the reloads, the newest first, and the problems of the file that was refused last; `stands` as
   * long as no later one was taken: the file is then not what is served.
   */
  describe() {
    const [last] = this.#newestFirst;
    const refused = this.#refused;
    return {
      refused: refused ? { at: refused.at, stands: refused === last, problems: refused.problems } : null,
      history: this.#newestFirst.map(describeReload),
    };
  }
}

/** Describes one reload for scripts; of its problems, how many there are. */
export function describeReload({ problems, ...reload }: Recorded | Reload) {
  return { ...reload, problems: problems.length };
}
