// Reads what PHP's session handlers `php`, `php_binary`, `php_serialize` and `igbinary` write.
// Source: php-src ext/session/session.c; igbinary igbinary.c.

import { failure, type Result, success } from '../result.ts';
import type { PhpArray, PhpValue } from '../value.ts';
import { attempt, type DecodeError, type DecodeLimits } from './decode.ts';
import { igbinaryDecode } from './igbinary.ts';
import { SerializeReader, unserialize } from './unserialize.ts';

/** The values of session.serialize_handler that can be read. */
export const SESSION_FORMATS = ['php', 'php_binary', 'php_serialize', 'igbinary'] as const;

/** Names the value of session.serialize_handler that wrote the data. */
export type SessionFormat = (typeof SESSION_FORMATS)[number];

/** Reads a session's bytes into its variables. An empty input is a session without data. Never a partial result. */
export function decodeSession(
  bytes: Uint8Array,
  format: SessionFormat = 'php',
  limits: DecodeLimits = {},
): Result<PhpArray, DecodeError> {
  if (bytes.length === 0) return success(new Map());
  switch (format) {
    case 'php':
      return attempt(() => decodeNamed(new SerializeReader(bytes, limits), nameBeforeBar));
    case 'php_binary':
      return attempt(() => decodeNamed(new SerializeReader(bytes, limits), nameAfterLength));
    case 'php_serialize':
      return arrayOnly(unserialize(bytes, limits));
    case 'igbinary':
      return arrayOnly(igbinaryDecode(bytes, limits));
  }
}

/** Reads names and values in turn. Values end where they end themselves; references are shared by all. */
function decodeNamed(
  reader: SerializeReader,
  readName: (reader: SerializeReader) => string | undefined,
): PhpArray {
  const values: PhpArray = new Map();
  while (!reader.atEnd) {
    const name = readName(reader);
    if (name !== undefined) values.set(name, reader.value());
  }
  return values;
}

/** Reads `name|`. */
function nameBeforeBar(reader: SerializeReader): string {
  const end = reader.text.indexOf('|', reader.offset);
  if (end < 0) return reader.fail('malformed', 'a name without |');
  const name = reader.name(end - reader.offset);
  reader.skip(1);
  return name;
}

/** Reads a length of one byte and the name. Its top bit says, in data of PHP before 7, that no value follows. */
function nameAfterLength(reader: SerializeReader): string | undefined {
  const length = reader.text.charCodeAt(reader.skip(1));
  const name = reader.name(length & 0x7f);
  return length < 0x80 ? name : undefined;
}

function arrayOnly(whole: Result<PhpValue, DecodeError>): Result<PhpArray, DecodeError> {
  if (!whole.ok) return whole;
  if (whole.value instanceof Map) return success(whole.value);
  return failure({ code: 'malformed', offset: 0, message: 'not an array' });
}
