// The options that ride in a store's URL, read with the cure for every mistake. Mistakes are thrown: they end the start.
import { DURATION_CURE, parseDuration } from '../duration.ts';
import { suggestion } from '../suggest.ts';

/** What is wrong with a store's URL: the variable, what it is, and what to write. */
export class UrlMistake extends Error {}

/** One of several servers, as PHP's configuration writes them. */
export type UrlServer = { readonly host: string; readonly port: number; readonly weight: number };

/** Reads the options of one URL; `variable` is where it comes from. */
export class UrlOptions {
  readonly #variable: string;
  readonly #options: URLSearchParams;

  constructor(variable: string, query: string) {
    this.#variable = variable;
    this.#options = new URLSearchParams(query);
  }

  /** Makes the error that a mistake is told by. */
  mistake(message: string): UrlMistake {
    return new UrlMistake(`${this.#variable}: ${message}`);
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

  /** Reads `host:port:weight`, where port and weight may be left out, and `[::1]:port`. */
  server(text: string, usualPort: number): UrlServer {
    const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]+))(?::([0-9]{1,5})(?::([0-9]{1,4}))?)?$/.exec(text);
    const host = parts?.[1] ?? parts?.[2];
    const port = Number(parts?.[3] ?? usualPort);
    const weight = Number(parts?.[4] ?? 1);
    if (host !== undefined && port > 0 && port < 65_536 && weight > 0) return { host, port, weight };
    throw this.mistake(`the server "${text}" must be written like host:port or host:port:weight`);
  }
}
