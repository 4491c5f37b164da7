// Reads one HTTP/1.1 message off a stream of bytes, more strictly than any server or browser: what is not
// exactly as RFC 9112 wants it is told as wrong, and what is not complete never counts as whole.

export type Field = readonly [name: string, value: string];
export type Head = { readonly line: string; readonly fields: readonly Field[] };

/** How the end of a message is known; `interim` for a 1xx, after which another head follows. */
export type Framing = 'interim' | 'none' | 'chunked' | 'until-close' | { readonly length: number };

const FIELD =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*((?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)[ \t]*$/;
const SIZE = /^[0-9a-fA-F]{1,8}$/;
const HEAD_END = '\r\n\r\n';

/** Returns all values of a field, in order; `name` is in lower case. */
export function valuesOf(head: Head, name: string): readonly string[] {
  return head.fields.filter(([one]) => one.toLowerCase() === name).map(([, value]) => value);
}

export class MessageReader {
  state: 'head' | 'body' | 'whole' | 'wrong' = 'head';
  /** What is wrong, once it is. */
  wrong = '';
  head: Head | undefined;
  trailers: readonly Field[] = [];
  readonly interim: Head[] = [];
  readonly #framingOf: (head: Head) => Framing;
  readonly #body: Buffer[] = [];
  #unread: Buffer = Buffer.alloc(0);
  #framing: Framing = 'none';
  /** Bytes that the body, or the chunk, still has to bring. */
  #left = 0;
  #inChunk = false;

  /** `framingOf` may throw: the message is wrong then. */
  constructor(framingOf: (head: Head) => Framing) {
    this.#framingOf = framingOf;
  }

  get body(): Buffer {
    return Buffer.concat(this.#body);
  }

  /** What came and belongs to no part of the message: what follows it, once it is whole. */
  get rest(): Buffer {
    return this.#unread;
  }

  push(bytes: Buffer): void {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    try {
      while (this.#step());
    } catch (error) {
      this.state = 'wrong';
      this.wrong = error instanceof Error ? error.message : String(error);
    }
  }

  /** The peer has ended its side in order: what that ends is whole. */
  end(): void {
    if (this.state === 'body' && this.#framing === 'until-close') this.state = 'whole';
  }

  /** Reads what can be read; false when more bytes are needed or none. */
  #step(): boolean {
    if (this.state === 'head') return this.#readHead();
    if (this.state !== 'body') return false;
    if (this.#framing === 'chunked') return this.#readChunked();
    return this.#readBytes();
  }

  #readHead(): boolean {
    const end = this.#unread.indexOf(HEAD_END);
    if (end < 0) return false;
    const [line = '', ...lines] = this.#take(end + HEAD_END.length)
      .subarray(0, end)
      .toString('latin1')
      .split('\r\n');
    const head = { line, fields: lines.map(fieldOf) };
    this.#framing = this.#framingOf(head);
    if (this.#framing === 'interim') {
      this.interim.push(head);
      return true;
    }
    this.head = head;
    this.state = this.#framing === 'none' ? 'whole' : 'body';
    if (typeof this.#framing === 'object') this.#left = this.#framing.length;
    if (this.#framing === 'until-close') this.#left = Number.POSITIVE_INFINITY;
    return true;
  }

  #readBytes(): boolean {
    const piece = this.#take(Math.min(this.#left, this.#unread.length));
    this.#body.push(piece);
    this.#left -= piece.length;
    if (this.#left === 0) this.state = 'whole';
    return piece.length > 0;
  }

  #readChunked(): boolean {
    if (this.#left > 0) {
      const piece = this.#take(Math.min(this.#left, this.#unread.length));
      this.#body.push(piece);
      this.#left -= piece.length;
      return piece.length > 0;
    }
    return this.#inChunk ? this.#readChunkEnd() : this.#readChunkSize();
  }

  #readChunkEnd(): boolean {
    if (this.#unread.length < 2) return false;
    if (this.#take(2).toString('latin1') !== '\r\n') throw new Error('a chunk does not end where it should');
    this.#inChunk = false;
    return true;
  }

  #readChunkSize(): boolean {
    const end = this.#unread.indexOf('\r\n');
    if (end < 0) return false;
    const size = this.#unread.toString('latin1', 0, end);
    if (!SIZE.test(size)) throw new Error(`${JSON.stringify(size)} is no size of a chunk`);
    if (Number.parseInt(size, 16) === 0) return this.#readTrailers(end);
    this.#take(end + 2);
    this.#left = Number.parseInt(size, 16);
    this.#inChunk = true;
    return true;
  }

  /** The last chunk, its fields and the empty line are taken at once, so that less than all of it is not whole. */
  #readTrailers(lastChunk: number): boolean {
    const end = this.#unread.indexOf(HEAD_END, lastChunk);
    if (end < 0) return false;
    const [, ...lines] = this.#take(end + HEAD_END.length)
      .subarray(0, end)
      .toString('latin1')
      .split('\r\n');
    this.trailers = lines.map(fieldOf);
    this.state = 'whole';
    return true;
  }

  #take(count: number): Buffer {
    const taken = this.#unread.subarray(0, count);
    this.#unread = this.#unread.subarray(count);
    return taken;
  }
}

function fieldOf(line: string): Field {
  const [, name, value] = FIELD.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`${JSON.stringify(line)} is no field`);
  return [name, value];
}
