// Columns as PHP's mysqli gives them from a text result: the server's own text, or null.
import type { TypeCastField, TypeCastNext } from 'mysql2';

/** A value that PHP would see as a string or null; bytes where the column is binary. */
export type Column = string | Uint8Array | null;

/** Reads one column without loss: numbers and dates stay text, BLOB and BINARY are bytes, BIT is a decimal number. */
export function phpTypeCast(field: TypeCastField, next: TypeCastNext): Column {
  switch (field.type) {
    case 'BIT':
      return bitText(field.buffer());
    case 'GEOMETRY':
    case 'VECTOR':
      return field.buffer();
    case 'JSON':
      return field.string('utf8');
    case 'TINY_BLOB':
    case 'MEDIUM_BLOB':
    case 'LONG_BLOB':
    case 'BLOB':
    case 'STRING':
    case 'VAR_STRING':
    case 'VARCHAR':
    case 'ENUM':
    case 'SET':
      return field.extendedFormat === 'json' ? field.string() : textOrBuffer(next());
    default:
      return field.string('latin1');
  }
}

/** mysql2 alone knows a column's character set: it gives a string, or bytes if that is `binary`. */
function textOrBuffer(value: unknown): Column {
  return typeof value === 'string' || value instanceof Uint8Array ? value : null;
}

function bitText(bytes: Buffer | null): string | null {
  return bytes && String(BigInt(`0x${bytes.toString('hex') || '0'}`));
}
