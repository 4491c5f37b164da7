// The options that ride in a store's URL, read with the cure for every mistake. Mistakes are thrown: they end the start.
import { DURATION_CURE, parseDuration } from '../duration.ts';
import { suggestion } from '../suggest.ts';

/** Reads the options of one URL; `variable` is where it comes from. */
export class UrlOptions {
  readonly #variable: string;
  readonly #options: URLSearchParams;

  constructor(variable: string, query: string) {
    this.#variable = variable;
    this.#options = new URLSearchParams(query);
  }

  /** Makes the error that a mistake is told by. */
  mistake(message: string): Error {
    return new Error(`${this.#variable}: ${message}`);
  }

  refuseOthersThan(known: readonly string[]): void {
    const stranger = [...this.#options.keys()].find((name) => !known.includes(name));
    if (stranger !== undefined)
      throw this.mistake(`there is no option "${stranger}": ${suggestion(stranger, known)}`);
  }

  text(name: string): string | undefined {
    return this.#options.get(name) ?? undefined;
  }

  word<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.text(name);
    const word = words.find((one) => one === text);
    if (text === undefined || word !== undefined) return word;
    throw this.mistake(`${name} cannot be "${text}": ${suggestion(text, words)}`);
  }

  switch(name: string): boolean | undefined {
    const word = this.word(name, ['on', 'off']);
    return word === undefined ? undefined : word === 'on';
  }

  /** Reads a duration, in milliseconds. */
  duration(name: string): number | undefined {
    const text = this.text(name);
    const duration = text === undefined ? undefined : parseDuration(text);
    if (text !== undefined && !duration) throw this.mistake(`${name} cannot be "${text}": ${DURATION_CURE}`);
    return duration;
  }

  whole(name: string, least: number, most: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : -1;
    if (number >= least && number <= most) return number;
    throw this.mistake(`${name} cannot be "${text}": write a whole number from ${least} to ${most}`);
  }
}
