// What is wrong with a match: thrown inside the pattern's own parsers only, and a value outside of them.

/** A mistake in a match: what is wrong, and what to write. */
export class PatternError extends Error {
  readonly cure: string;

  constructor(message: string, cure: string) {
    super(message);
    this.cure = cure;
  }
}
