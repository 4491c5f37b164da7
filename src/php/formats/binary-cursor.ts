// Numbers in network byte order, as igbinary and msgpack write them.

import { ByteCursor } from './byte-cursor.ts';

/** Reads numbers of fixed size. What cannot be read as asked throws a Stop. */
export class BinaryCursor extends ByteCursor {
  /** Reads an unsigned integer of at most 4 bytes. */
  unsigned(size: 1 | 2 | 4): number {
    const start = this.skip(size);
    let value = 0;
    for (let at = start; at < this.offset; at++) value = value * 0x100 + this.text.charCodeAt(at);
    return value;
  }

  /** Reads an unsigned integer of 8 bytes; beyond 2^53 it is a bigint. */
  unsigned64(): number | bigint {
    return exact(this.bytes.readBigUInt64BE(this.skip(8)));
  }

  /** Reads a signed integer of 8 bytes; beyond 2^53 it is a bigint. */
  signed64(): number | bigint {
    return exact(this.bytes.readBigInt64BE(this.skip(8)));
  }

  /** Reads a float of 8 bytes. */
  double(): number {
    return this.bytes.readDoubleBE(this.skip(8));
  }
}

function exact(integer: bigint): number | bigint {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer;
}
