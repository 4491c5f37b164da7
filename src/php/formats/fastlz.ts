// Unpacks FastLZ, levels 1 and 2, as php-memcached writes it. Format: github.com/ariya/FastLZ.

/** No byte of packed data stands for more. */
const MAX_RATIO = 256;

/** Unpacks exactly `length` bytes; undefined if the input is damaged or holds more or fewer. */
export function fastlzDecompress(input: Uint8Array, length: number): Buffer | undefined {
  const level = ((input[0] ?? 0xff) >> 5) + 1;
  // A length that cannot be true would cost memory before it was found out.
  if (level > 2 || length > input.length * MAX_RATIO) return undefined;
  const output = Buffer.allocUnsafe(length);
  const cursor: Cursor = { input, output, read: 0, written: 0 };
  let control = (next(cursor) ?? 0) & 31;
  for (;;) {
    const done = control < 32 ? copyLiterals(cursor, control + 1) : copyMatch(cursor, control, level === 2);
    if (!done) return undefined;
    const following = next(cursor);
    if (following === undefined) return cursor.written === length ? output : undefined;
    control = following;
  }
}

interface Cursor {
  readonly input: Uint8Array;
  readonly output: Buffer;
  read: number;
  written: number;
}

function next(cursor: Cursor): number | undefined {
  return cursor.input[cursor.read++];
}

function copyLiterals(cursor: Cursor, count: number): boolean {
  const { input, output, read, written } = cursor;
  if (read + count > input.length || written + count > output.length) return false;
  output.set(input.subarray(read, read + count), written);
  cursor.read += count;
  cursor.written += count;
  return true;
}

function copyMatch(cursor: Cursor, control: number, far: boolean): boolean {
  const length = matchLength(cursor, control, far);
  const low = next(cursor);
  if (length === undefined || low === undefined) return false;
  let distance = ((control & 31) << 8) + low + 1;
  if (far && low === 255 && (control & 31) === 31) {
    const [high, rest] = [next(cursor), next(cursor)];
    if (high === undefined || rest === undefined) return false;
    distance = (high << 8) + rest + 8191 + 1;
  }
  return repeat(cursor, distance, length);
}

/** Lengths of 7 and more go on in further bytes: one at level 1, as many as are 255 at level 2. */
function matchLength(cursor: Cursor, control: number, far: boolean): number | undefined {
  let length = (control >> 5) + 2;
  if (length < 9) return length;
  for (;;) {
    const more = next(cursor);
    if (more === undefined) return undefined;
    length += more;
    if (!far || more !== 255) return length;
  }
}

/** Copies byte by byte, because a match may overlap what it writes. */
function repeat(cursor: Cursor, distance: number, length: number): boolean {
  const { output, written } = cursor;
  if (distance > written || written + length > output.length) return false;
  for (let i = written; i < written + length; i++) output[i] = output[i - distance] ?? 0;
  cursor.written += length;
  return true;
}
