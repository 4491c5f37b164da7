// PHP's habits under PHP's names, as handlers use them.

import { type Serializable, serialize } from './formats/serialize.ts';
import { unserialize } from './formats/unserialize.ts';
import { type Encodable, phpJsonEncode } from './json/encode.ts';
import { toPlain } from './path.ts';
import { httpBuildQuery } from './request/query-build.ts';
import { rawurlencode, urlencode } from './request/url.ts';
import { repairDoubleEncoded } from './text/double-encoded.ts';
import { htmlspecialchars, nl2br } from './text/html.ts';
import { numberFormat, phpRound } from './text/number-format.ts';
import { hashEquals, NO_CACHE_HEADERS, trim, utf8Encode } from './text/strings.ts';
import { bytesOf, PhpFloat, type PhpValue } from './value.ts';

/** PHP's functions. Each is described where it is defined, with the PHP version and source it follows. */
export const php = {
  htmlspecialchars,
  nl2br,
  /** Encodes as `json_encode` does; false where PHP gives false. */
  jsonEncode: (value: Encodable, flags = 0): string | false => {
    const encoded = phpJsonEncode(value, flags);
    return encoded.ok ? encoded.value : false;
  },
  /** Encodes as `serialize` does; undefined for what PHP has no form of. Plain arrays and objects become PHP arrays. */
  serialize: (value: Serializable): Buffer | undefined => {
    const written = serialize(value);
    return written.ok ? written.value : undefined;
  },
  /** Reads what `serialize` wrote; undefined for what is not that, or nested over 512 levels. No class is ever instantiated. */
  unserialize: (data: string | Uint8Array): PhpValue | undefined => {
    const read = unserialize(bytesOf(data));
    return read.ok ? read.value : undefined;
  },
  /** Makes a number a float for `serialize`, where 1 and 1.0 are two things. */
  float: (value: number): PhpFloat => new PhpFloat(value),
  numberFormat,
  round: phpRound,
  httpBuildQuery,
  urlencode,
  rawurlencode,
  trim,
  hashEquals,
  utf8Encode,
  repairDoubleEncoded,
  /** The fields that keep a page from every cache, as `session.cache_limiter = nocache` sends them. */
  noCacheHeaders: NO_CACHE_HEADERS,
  /** Turns a value that PHP stored into plain arrays and objects. */
  toPlain,
} as const;
