// Where WebSocket frames begin and end (RFC 6455 §5.2). Nothing of what they carry is looked at.

const CLOSE = 8;

/** Follows one direction of a tunnel, to know when a frame of ours may be put between two of theirs. */
export class FrameBoundaries {
  /** Two bytes, up to eight of a longer length, four of a mask. */
  readonly #head = Buffer.alloc(14);
  #headSize = 0;
  #payload = 0;
  #hasClosed = false;

  /** Takes what was sent, in whatever pieces. */
  follow(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#payload > 0) {
        const size = Math.min(this.#payload, chunk.length - at);
        this.#payload -= size;
        at += size;
      } else {
        this.#head[this.#headSize] = chunk[at] ?? 0;
        this.#headSize += 1;
        at += 1;
        if (this.#headSize === headSize(this.#head, this.#headSize)) this.#beginPayload();
      }
    }
  }

  /** Whether a frame can be added: the last one is whole, and was not the last of all. */
  get isOpen(): boolean {
    return this.#headSize === 0 && this.#payload === 0 && !this.#hasClosed;
  }

  #beginPayload(): void {
    const [first = 0, second = 0] = this.#head;
    const short = second & 0x7f;
    if (short === 126) this.#payload = this.#head.readUInt16BE(2);
    else this.#payload = short === 127 ? Number(this.#head.readBigUInt64BE(2)) : short;
    if ((first & 0x0f) === CLOSE) this.#hasClosed = true;
    this.#headSize = 0;
  }
}

/** The size of a frame's head, of which `known` bytes are there. */
function headSize(head: Buffer, known: number): number {
  if (known < 2) return 2;
  const second = head[1] ?? 0;
  const short = second & 0x7f;
  const length = short === 126 ? 2 : short === 127 ? 8 : 0;
  return 2 + length + (second & 0x80 ? 4 : 0);
}
