// A position in bytes that counts levels of nesting and cuts out text. The decoders for single formats extend it.

import { isAscii } from 'node:buffer';
import { nameOf, textOrBytes } from '../value.ts';
import { type DecodeError, type DecodeLimits, MAX_BYTES, MAX_DEPTH, Stop } from './decode.ts';

/** Bytes up to which a look at each is faster than a call. */
const SHORT = 64;

/** Reads bytes from left to right. What cannot be read as asked throws a Stop. */
export class ByteCursor {
  readonly bytes: Buffer;
  /** The same with one character a byte: cutting ASCII out of a string is many times faster than out of a buffer. */
  readonly text: string;
  offset = 0;
  readonly #maxDepth: number;
  #depth = 0;
  readonly #isAscii: boolean;

  constructor(bytes: Uint8Array, { maxDepth = MAX_DEPTH, maxBytes = MAX_BYTES }: DecodeLimits = {}) {
    const isTooLarge = bytes.length > maxBytes;
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, isTooLarge ? 0 : bytes.length);
    if (isTooLarge) this.fail('too-large', 'more bytes than allowed');
    this.text = this.bytes.toString('latin1');
    this.#maxDepth = maxDepth;
    this.#isAscii = isAscii(this.bytes);
  }

  /** States whether all bytes were read. */
  get atEnd(): boolean {
    return this.offset === this.text.length;
  }

  /** Steps over so many bytes and says where they begin. */
  skip(length: number): number {
    const start = this.offset;
    if (length > this.text.length - start) this.fail('malformed', 'cut short');
    this.offset = start + length;
    return start;
  }

  /** Copies so many bytes. */
  copy(length: number): Buffer {
    const start = this.skip(length);
    return Buffer.from(this.bytes.subarray(start, start + length));
  }

  /** Reads so many bytes as PHP text. */
  string(length: number): string | Uint8Array {
    const start = this.skip(length);
    return this.#ascii(start) ?? textOrBytes(this.bytes.subarray(start, this.offset));
  }

  /** Reads so many bytes as a name: see `nameOf`. */
  name(length: number): string {
    const start = this.skip(length);
    return this.#ascii(start) ?? nameOf(this.bytes.subarray(start, this.offset));
  }

  /** Goes one level of nesting deeper. */
  enter(): void {
    if (++this.#depth > this.#maxDepth) this.fail('too-deep', 'nested deeper than allowed');
  }

  /** Comes back from a level of nesting. */
  leave(): void {
    this.#depth--;
  }

  /** Gives up at the present offset. */
  fail(code: DecodeError['code'], message: string): never {
    throw new Stop({ code, offset: this.offset, message });
  }

  /** Cuts out what was read from `start` on, if it is ASCII; undefined if not, or if others find out faster. */
  #ascii(start: number): string | undefined {
    const isAscii = this.#isAscii || (this.offset - start <= SHORT && this.#hasAscii(start));
    return isAscii ? this.text.slice(start, this.offset) : undefined;
  }

  #hasAscii(start: number): boolean {
    for (let at = start; at < this.offset; at++) if (this.text.charCodeAt(at) >= 0x80) return false;
    return true;
  }
}
