// The fields of answers as text. To convert them one by one costs more than all else that is done to them,
// and an upstream's answers differ in few of them: what stands where it stood in the answer before is not
// converted again.

/** How many names and values are remembered, and of how many bytes at most each: the rest is no habit. */
const MAX_PLACES = 128;
const MAX_BYTES = 128;

/** Converts the fields of one upstream's answers. */
export class FieldTexts {
  /** Name, value, name, value ... as they came last. */
  readonly #latest: string[] = [];

  /** Returns a raw list as text in latin1, which keeps every byte. */
  of(parts: readonly Buffer[]): string[] {
    const texts: string[] = [];
    for (let place = 0; place < parts.length; place += 1) {
      const part = parts[place];
      if (part) texts.push(this.#text(part, place));
    }
    return texts;
  }

  #text(part: Buffer, place: number): string {
    const latest = this.#latest[place];
    if (latest !== undefined && isSame(part, latest)) return latest;
    const text = part.toString('latin1');
    if (place < MAX_PLACES && text.length <= MAX_BYTES) this.#latest[place] = text;
    return text;
  }
}

function isSame(part: Buffer, text: string): boolean {
  if (part.length !== text.length) return false;
  for (let index = 0; index < part.length; index += 1)
    if (part[index] !== text.charCodeAt(index)) return false;
  return true;
}
