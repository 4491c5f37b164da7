// A position in bytes, and the small readings PHP's serialize() format is made of.

/** Says why bytes could not be read, and at which byte. */
export interface DecodeError {
  readonly code: 'malformed' | 'too-deep' | 'too-large' | 'unsupported';
  readonly offset: number;
  readonly message: string;
}

/** Unwinds a decoder's recursion; thrown by a cursor and caught where its decoder was entered. */
export class Stop extends Error {
  readonly reason: DecodeError;
  constructor(reason: DecodeError) {
    super(reason.message);
    this.reason = reason;
  }
}

/** Reads bytes from left to right. What cannot be read as asked throws a Stop. */
export class ByteCursor {
  readonly bytes: Buffer;
  offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Counts the bytes not read yet. */
  get remaining(): number {
    return this.bytes.length - this.offset;
  }

  /** Reads the bytes before the next delimiter and steps over it; undefined if there is none. */
  before(delimiter: string): Buffer | undefined {
    const end = this.bytes.indexOf(delimiter, this.offset, 'latin1');
    if (end < 0) return undefined;
    const bytes = this.bytes.subarray(this.offset, end);
    this.offset = end + delimiter.length;
    return bytes;
  }

  /** Reads `5:"bytes"`. */
  quoted(): Buffer {
    const length = this.length();
    this.expect('"');
    const bytes = this.slice(length);
    this.expect('"');
    return bytes;
  }

  /** Reads a count and its colon. Each thing counted takes at least a byte, so a larger count is a lie. */
  length(): number {
    const start = this.offset;
    let length = 0;
    for (let digit = this.#digit(); digit >= 0; digit = this.#digit()) {
      length = length * 10 + digit;
      if (length > this.bytes.length) this.fail('malformed', 'cut short');
      this.offset++;
    }
    if (this.offset === start) this.fail('malformed', 'not a length');
    this.expect(':');
    return length <= this.remaining ? length : this.fail('malformed', 'cut short');
  }

  /** Gives the digit that comes next, or a number below zero. */
  #digit(): number {
    const digit = (this.bytes[this.offset] ?? 0) - 0x30;
    return digit <= 9 ? digit : -1;
  }

  /** Reads the text before a delimiter that must come soon, and steps over it. */
  until(end: ';' | ':'): string {
    const at = this.bytes.indexOf(end, this.offset, 'latin1');
    if (at < 0 || at - this.offset > 400) this.fail('malformed', `no ${end}`);
    const text = this.bytes.toString('latin1', this.offset, at);
    this.offset = at + 1;
    return text;
  }

  /** Reads so many bytes, without copying them. */
  slice(length: number): Buffer {
    if (length > this.bytes.length - this.offset) this.fail('malformed', 'cut short');
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  /** Reads one byte as a character. */
  char(): string {
    return String.fromCharCode(this.bytes[this.offset++] ?? this.fail('malformed', 'cut short'));
  }

  /** Steps over a character that must come next. */
  expect(char: string): void {
    if (this.bytes[this.offset] !== char.charCodeAt(0)) this.fail('malformed', `expected ${char}`);
    this.offset++;
  }

  /** Steps over the semicolon after a value. */
  end<Value>(value: Value): Value {
    this.expect(';');
    return value;
  }

  /** Gives up at the present offset. */
  fail(code: DecodeError['code'], message: string): never {
    throw new Stop({ code, offset: this.offset, message });
  }
}
