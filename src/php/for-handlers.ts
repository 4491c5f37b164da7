// PHP's habits under PHP's names, as handlers use them.

import { boolval, floatval, intval, strval } from './compare/casts.ts';
import { looseEquals, spaceship } from './compare/compare.ts';
import { date, gmdate } from './date/date.ts';
import { type Serializable, serialize } from './formats/serialize.ts';
import { unserialize } from './formats/unserialize.ts';
import { jsonDecode } from './json/decode.ts';
import { type Encodable, phpJsonEncode } from './json/encode.ts';
import * as jsonFlags from './json/flags.ts';
import { type PlainFields, plainFields, toPlain } from './path.ts';
import { cakephpCsrf, laravelCsrf, symfonyCsrf } from './request/csrf.ts';
import { parsePhpBody, parsePhpCookies, parsePhpQuery } from './request/query.ts';
import { httpBuildQuery } from './request/query-build.ts';
import { setcookie } from './request/set-cookie.ts';
import { rawurldecodeText, rawurlencode, urldecodeText, urlencode } from './request/url.ts';
import { lcfirst, strlen, strPad, strtolower, strtoupper, substr, ucfirst, ucwords } from './text/bytes.ts';
import { repairDoubleEncoded } from './text/double-encoded.ts';
import { phpFloatToString } from './text/float.ts';
import { htmlspecialchars, htmlspecialcharsDecode, nl2br } from './text/html.ts';
import * as htmlFlags from './text/html-flags.ts';
import { numberFormat, phpRound } from './text/number-format.ts';
import { hashEquals, NO_CACHE_HEADERS, trim, utf8Encode } from './text/strings.ts';
import { bytesOf, PhpFloat, type PhpValue } from './value.ts';

/**
 * PHP's functions. Each is described where it is defined, with the PHP version and source it follows; docs/php.md has them all in
 * a table. None has an effect, or reads the clock.
 */
export const php = {
  ...jsonFlags,
  ...htmlFlags,
  /** Reads a query string, without `?`, as PHP reads it into `$_GET`, and parse_str into an array: PHP 8.2, `max_input_vars` 1000. */
  parseQuery: (query: string | Uint8Array): PlainFields => plainFields(parsePhpQuery(query)),
  /** Reads an urlencoded body as PHP reads it into `$_POST`. */
  parseBody: (body: string | Uint8Array): PlainFields => plainFields(parsePhpBody(body)),
  /** Reads a Cookie field as PHP reads it into `$_COOKIE`: names are not decoded, the first of two equal names stays. */
  parseCookies: (header: string | Uint8Array): PlainFields => plainFields(parsePhpCookies(header)),
  httpBuildQuery,
  setcookie,
  urlencode,
  rawurlencode,
  urldecode: urldecodeText,
  rawurldecode: rawurldecodeText,
  htmlspecialchars,
  htmlspecialcharsDecode,
  nl2br,
  /** Encodes as `json_encode` does, with `php.JSON_...` as flags; false where PHP gives false. */
  jsonEncode: (value: Encodable, flags = 0): string | false => {
    const encoded = phpJsonEncode(value, flags);
    return encoded.ok ? encoded.value : false;
  },
  jsonDecode,
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
  /** Makes a number a float where 1 and 1.0 are two things: for `serialize`, `jsonEncode` and `strval`. */
  float: (value: number): PhpFloat => new PhpFloat(value),
  floatToString: phpFloatToString,
  numberFormat,
  round: phpRound,
  looseEquals,
  spaceship,
  boolval,
  intval,
  floatval,
  strval,
  date,
  gmdate,
  trim,
  strlen,
  substr,
  strPad,
  strtolower,
  strtoupper,
  ucfirst,
  lcfirst,
  ucwords,
  utf8Encode,
  repairDoubleEncoded,
  hashEquals,
  /** Compares tokens against forged requests as the framework does that made them. */
  csrf: { laravel: laravelCsrf, symfony: symfonyCsrf, cakephp: cakephpCsrf },
  /** The fields that keep a page from every cache, as `session.cache_limiter = nocache` sends them. */
  noCacheHeaders: NO_CACHE_HEADERS,
  /** Turns a value that PHP stored into plain arrays and objects. */
  toPlain,
} as const;
