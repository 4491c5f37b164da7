// Keeps sessions alive whose visitors meet handlers only: PHP renews a session whenever it ends a request, but it ends none.
import type { Result } from '../../php/result.ts';
import type { PlaceError } from './place.ts';

/** How often at most a session is renewed, in seconds. */
const INTERVAL = 60;
/** How many sessions each of two generations remembers; of more, some are renewed more often. */
const GENERATION = 25_000;

/** What renewing needs from outside. */
export type TouchParts = {
  readonly touch: (key: string) => Promise<Result<boolean, PlaceError>>;
  /** How long the place keeps a session, in seconds. */
  readonly lifetime: number;
  /** The time in seconds. */
  readonly now: () => number;
  readonly onProblem: (message: string) => void;
};

/** Renews sessions, each at most once a minute, or thrice in a lifetime that is shorter. Nobody waits for it. */
export class Toucher {
  readonly #parts: TouchParts;
  readonly #interval: number;
  /** When each session was renewed: lately, and before. The older generation is forgotten as a whole, which costs nothing. */
  #lately = new Map<string, number>();
  #before = new Map<string, number>();
  #generationBegan = 0;

  constructor(parts: TouchParts) {
    this.#parts = parts;
    this.#interval = Math.min(INTERVAL, parts.lifetime / 3);
  }

  /** Renews a session that has just been read, unless that happened a moment ago. */
  found(key: string): void {
    const now = this.#parts.now();
    const renewed = this.#lately.get(key) ?? this.#before.get(key);
    if (renewed !== undefined && now - renewed < this.#interval) return;
    this.#remember(key, now);
    void this.#renew(key);
  }

  async #renew(key: string): Promise<void> {
    const touched = await this.#parts.touch(key);
    // A session that has ended meanwhile is not brought back, and no trouble.
    if (!touched.ok) this.#parts.onProblem(touched.error.message);
  }

  #remember(key: string, now: number): void {
    if (this.#lately.size >= GENERATION || now - this.#generationBegan >= this.#interval) {
      this.#before = this.#lately;
      this.#lately = new Map();
      this.#generationBegan = now;
    }
    this.#lately.set(key, now);
  }
}
