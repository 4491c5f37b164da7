// Text that was UTF-8, was taken for Latin-1, and was encoded once more: what PHP makes when it writes UTF-8 over a latin1
// connection into a utf8 column. MySQL's latin1 is cp1252, with the five bytes that cp1252 leaves out standing for themselves.

/** What cp1252 has from 0x80 on, a blank where it leaves a byte out. Node's own decoder of it is that of Latin-1 (v20). */
const FROM_0X80 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

const BYTES: ReadonlyMap<string, number> = new Map(
  [...FROM_0X80].flatMap((character, index) =>
    character === ' ' ? [] : [[character, 0x80 + index] as const],
  ),
);

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Undoes one encoding too many: `cafÃ©` becomes `café`. Text that cannot be such comes back as it is, so that rows
 * from before and after the connection's character set was put right can stand in one table. In SQL:
 * `CONVERT(CAST(CONVERT(c USING latin1) AS BINARY) USING utf8mb4)`, which gives NULL or `?` for the others.
 */
export function repairDoubleEncoded(text: string): string {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    const byte = unit < 0x100 ? unit : BYTES.get(text.charAt(index));
    if (byte === undefined) return text;
    bytes[index] = byte;
  }
  try {
    return UTF8.decode(bytes);
  } catch {
    return text;
  }
}
