// HTML that is escaped unless it says otherwise: what html`...` inserts is text, but for pieces that are HTML already.
import { php } from 'banyan-edge';

/** A piece of HTML. `String(piece)` is its source. */
export class Html {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  toString(): string {
    return this.#source;
  }
}

type Inserted = string | Uint8Array | number | bigint | Html | readonly Html[];

/** Makes a piece of HTML of a template. Inserted text is escaped by PHP's rules. */
export function html(parts: TemplateStringsArray, ...inserted: readonly Inserted[]): Html {
  return new Html(parts.map((part, index) => part + source(inserted[index] ?? '')).join(''));
}

/** Nothing: for what a page shows only sometimes. */
export const NOTHING = new Html('');

function source(value: Inserted): string {
  if (value instanceof Html) return String(value);
  if (typeof value === 'string' || value instanceof Uint8Array) return php.htmlspecialchars(value);
  return typeof value === 'object' ? value.join('') : String(value);
}
