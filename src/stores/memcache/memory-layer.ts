// What this process has seen last, bounded in number and in size: the least recently used goes first.

/** A value as JSON, and how long it is good for; times in milliseconds since 1970. */
export interface Held {
  readonly text: string;
  /** Whether PHP wrote it. */
  readonly isPhps: boolean;
  /** Until when it is given without another look. */
  readonly checkAfter: number;
  /** Until when it is fresh. */
  readonly freshUntil: number;
  /** Until when it may be given at all. */
  readonly usableUntil: number;
}

/** How much may be held. */
export interface MemoryBounds {
  readonly entries: number;
  /** Characters of JSON in all. */
  readonly characters: number;
}

/** One process's memory of values. */
export class MemoryLayer {
  readonly #bounds: MemoryBounds;
  readonly #entries = new Map<string, Held>();
  #characters = 0;

  constructor(bounds: MemoryBounds) {
    this.#bounds = bounds;
  }

  /** Gives what is held and usable at a time. */
  get(key: string, now: number): Held | undefined {
    const held = this.#entries.get(key);
    if (!held) return undefined;
    this.delete(key);
    if (held.usableUntil <= now) return undefined;
    this.#add(key, held);
    return held;
  }

  /** Holds a value; others make room for it. One that is larger than an eighth of the whole is not held. */
  set(key: string, held: Held): void {
    this.delete(key);
    if (held.text.length > this.#bounds.characters / 8) return;
    this.#add(key, held);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#bounds.entries && this.#characters <= this.#bounds.characters) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#characters -= this.#entries.get(key)?.text.length ?? 0;
    this.#entries.delete(key);
  }

  #add(key: string, held: Held): void {
    this.#entries.set(key, held);
    this.#characters += held.text.length;
  }
}
