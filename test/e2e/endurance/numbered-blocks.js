// A body as large as one likes, of numbered blocks of 64 KiB: every byte of it can be checked as it comes, and
// neither making nor checking it costs more than copying memory.

const BLOCK = 64 * 1024;
const NUMBER = 16;
const BLOCKS_PER_MIB = 16;

function newBlock() {
  return Buffer.alloc(BLOCK, 'The quick brown fox jumps over the lazy dog. 0123456789 abcdefg\n');
}

/**
 * Writes a block's number at its beginning.
 *
 * @param {Buffer} block
 * @param {number} number
 */
function setNumber(block, number) {
  block.write(`${number}\n`.padStart(NUMBER, '0'), 'latin1');
}

/**
 * Makes the body, block by block.
 *
 * @param {number} mib
 * @returns {Generator<Buffer>}
 */
export function* numberedBlocks(mib) {
  for (let number = 0; number < mib * BLOCKS_PER_MIB; number += 1) {
    const block = newBlock();
    setNumber(block, number);
    yield block;
  }
}

/** Checks a body as it comes, in whatever pieces. */
export class BlockChecker {
  #expected = newBlock();
  #number = -1;
  /** How much has come, in bytes. */
  bytes = 0;
  /** Whether all of it is what it should be. */
  right = true;

  /** @param {Buffer} piece */
  take(piece) {
    let at = 0;
    while (at < piece.length) {
      const number = Math.floor(this.bytes / BLOCK);
      if (number !== this.#number) setNumber(this.#expected, number);
      this.#number = number;
      const from = this.bytes % BLOCK;
      const length = Math.min(piece.length - at, BLOCK - from);
      if (piece.compare(this.#expected, from, from + length, at, at + length) !== 0) this.right = false;
      at += length;
      this.bytes += length;
    }
  }
}
