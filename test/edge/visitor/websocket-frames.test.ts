// Frames of all sizes, in all pieces: the end of each is found, and nothing else is taken for one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameBoundaries } from '../../../src/edge/visitor/websocket-frames.ts';

/** Builds a frame as RFC 6455 §5.2 has it. */
function frame(payload: number, { opcode = 2, mask = false } = {}): Buffer {
  const short = payload < 126 ? payload : payload < 65_536 ? 126 : 127;
  const length = Buffer.alloc(short === 126 ? 2 : short === 127 ? 8 : 0);
  if (short === 126) length.writeUInt16BE(payload);
  if (short === 127) length.writeBigUInt64BE(BigInt(payload));
  const head = Buffer.from([0x80 | opcode, short | (mask ? 0x80 : 0)]);
  // The payload looks like frames, so that a lost count would be noticed.
  return Buffer.concat([head, length, Buffer.alloc(mask ? 4 : 0, 1), Buffer.alloc(payload, 0x82)]);
}

test.each([0, 1, 125, 126, 127, 65_535, 65_536, 100_000])(
  'a frame of %d bytes ends where it ends',
  (size) => {
    for (const mask of [false, true]) {
      const bytes = frame(size, { mask });
      const frames = new FrameBoundaries();
      expect(frames.isOpen).toBe(true);
      frames.follow(bytes.subarray(0, 1));
      expect(frames.isOpen).toBe(false);
      frames.follow(bytes.subarray(1, bytes.length - 1));
      expect(frames.isOpen).toBe(false);
      frames.follow(bytes.subarray(bytes.length - 1));
      expect(frames.isOpen).toBe(true);
    }
  },
);

test('after a Close frame there is no place for another', () => {
  const frames = new FrameBoundaries();
  frames.follow(frame(2, { opcode: 8 }));
  expect(frames.isOpen).toBe(false);
});

test('however frames are cut into pieces, their ends are found', () => {
  const sizes = fc.array(fc.oneof(fc.nat(300), fc.constant(70_000)), { maxLength: 6 });
  const cuts = fc.array(fc.nat(5_000), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sizes, fc.boolean(), cuts, (payloads, mask, pieces) => {
      const frames = new FrameBoundaries();
      let bytes = Buffer.concat(payloads.map((payload) => frame(payload, { mask })));
      for (let index = 0; bytes.length > 0; index += 1) {
        const size = (pieces[index % pieces.length] ?? 0) + 1;
        frames.follow(bytes.subarray(0, size));
        bytes = bytes.subarray(size);
      }
      expect(frames.isOpen).toBe(true);
    }),
  );
});
