// Reads what PHP's session handlers `php` and `php_serialize` write. Source: php-src ext/session/session.c.

import { failure, type Result, success } from '../result.ts';
import type { PhpArray } from '../value.ts';
import type { DecodeError } from './byte-cursor.ts';
import { type DecodeLimits, SerializeReader, unserialize } from './unserialize.ts';

/** Names the value of session.serialize_handler that wrote the data. */
export type SessionFormat = 'php' | 'php_serialize';

/** Reads a session's bytes into its variables. An empty input is a session without data. Never a partial result. */
export function decodeSession(
  bytes: Uint8Array,
  format: SessionFormat = 'php',
  limits: DecodeLimits = {},
): Result<PhpArray, DecodeError> {
  if (bytes.length === 0) return success(new Map());
  return format === 'php' ? decodeNamed(bytes, limits) : decodeWhole(bytes, limits);
}

/** Reads `name|value` pairs. Names end at the first `|`, values where they end themselves; references are shared. */
function decodeNamed(bytes: Uint8Array, limits: DecodeLimits): Result<PhpArray, DecodeError> {
  const reader = new SerializeReader(bytes, limits);
  const values: PhpArray = new Map();
  while (!reader.atEnd) {
    const name = reader.nameBefore('|');
    if (name === undefined) return failure(malformed(reader.offset, 'a name without |'));
    const value = reader.next();
    if (!value.ok) return value;
    values.set(name, value.value);
  }
  return success(values);
}

function decodeWhole(bytes: Uint8Array, limits: DecodeLimits): Result<PhpArray, DecodeError> {
  const whole = unserialize(bytes, limits);
  if (!whole.ok) return whole;
  return whole.value instanceof Map ? success(whole.value) : failure(malformed(0, 'not an array'));
}

function malformed(offset: number, message: string): DecodeError {
  return { code: 'malformed', offset, message };
}
