// The Set-Cookie field as PHP's setcookie writes it. Source: php-src ext/standard/head.c (php_setcookie), 8.2.
import { gmdate } from '../date/date.ts';
import { bytesOf } from '../value.ts';
import { rawurlencode, urlencode } from './url.ts';

/** setcookie's options, under PHP's names. */
export type CookieOptions = {
  readonly path?: string;
  readonly domain?: string;
  readonly secure?: boolean;
  readonly httponly?: boolean;
  /** `Lax`, `Strict` or `None`. */
  readonly samesite?: string;
  /** Leaves the value as it is, as setrawcookie does. */
  readonly raw?: boolean;
  /**
   * The PHP whose spelling is wanted: before 8.2 dates are `Tue, 14-Nov-2023` rather than `Tue, 14 Nov 2023`; before 7.4 a space in
   * the value is `+` rather than `%20` (PHP 7.4.0 to 7.4.2 as well).
   */
  readonly version?: number;
} & (
  | { readonly expires?: 0 }
  | {
      /** When it ends, in seconds of the epoch; 0 is with the browser. */
      readonly expires: number;
      /** What time it is, in seconds of the epoch: Max-Age is counted from it. */
      readonly now: number;
    }
);

const SEPARATORS = /[,; \t\r\n\v\f\0]/;

/** Ends with year 9999, beyond which PHP refuses. */
const LATEST = 253_402_300_799;

/**
 * Writes the value of a Set-Cookie field as PHP 8.2's setcookie does, or an older one (`version`). An empty value deletes the cookie.
 * Throws a RangeError for what PHP 8 refuses: a name, path or domain with a separator, or a year above 9999.
 */
export function setcookie(name: string, value = '', options: CookieOptions = {}): string {
  mustNotHave('name', name, /[=,; \t\r\n\v\f\0]/);
  if (name === '') throw new RangeError('setcookie: the name must not be empty');
  if (options.raw) mustNotHave('value', value, SEPARATORS);
  mustNotHave('path', options.path, SEPARATORS);
  mustNotHave('domain', options.domain, SEPARATORS);
  mustNotHave('samesite', options.samesite, /[\r\n\0]/);
  if ((options.expires ?? 0) > LATEST)
    throw new RangeError('setcookie: expires must not be in a year above 9999');
  return latin1(name) + (value === '' ? deletion(options) : content(value, options)) + attributes(options);
}

function deletion({ version }: CookieOptions): string {
  return `=deleted; expires=${dateText(1, version)}; Max-Age=0`;
}

function content(value: string, options: CookieOptions): string {
  const { version = 8.2, raw } = options;
  const encoded = raw ? latin1(value) : version < 7.4 ? urlencode(value) : rawurlencode(value);
  if (!('now' in options) || options.expires <= 0) return `=${encoded}`;
  const age = Math.max(0, options.expires - options.now);
  return `=${encoded}; expires=${dateText(options.expires, version)}; Max-Age=${age}`;
}

function attributes({ path, domain, secure, httponly, samesite }: CookieOptions): string {
  return [
    path && `; path=${latin1(path)}`,
    domain && `; domain=${latin1(domain)}`,
    secure && '; secure',
    httponly && '; HttpOnly',
    samesite && `; SameSite=${latin1(samesite)}`,
  ]
    .filter(Boolean)
    .join('');
}

function dateText(timestamp: number, version = 8.2): string {
  return gmdate(version < 8.2 ? 'D, d-M-Y H:i:s \\G\\M\\T' : 'D, d M Y H:i:s \\G\\M\\T', timestamp);
}

/** Fields of HTTP have one character for each byte. */
function latin1(text: string): string {
  return bytesOf(text).toString('latin1');
}

function mustNotHave(what: string, text: string | undefined, forbidden: RegExp): void {
  if (text !== undefined && forbidden.test(text))
    throw new RangeError(`setcookie: the ${what} must not have a separator or white space`);
}
