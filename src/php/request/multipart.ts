// What the header fields of multipart/form-data say to PHP. All text has one byte per character.
// Source: php-src main/rfc1867.c (php_ap_getword, php_ap_getword_conf, rfc1867_post_handler), 8.2.

/** How PHP reads a part: a field, or a file where there is a file name, be it an empty one. */
export type Disposition = { readonly name: string | undefined; readonly fileName: string | undefined };

/** Of several boundaries PHP looks at the first only; so does this, which takes no longer for many of them. */
const BOUNDARY = /^(?:(?!boundary).)*boundary[^=]*=(?:"([^"]+)"|([^",;]+))/is;

/** Reads the boundary out of a Content-Type; undefined where there is none PHP could use. */
export function multipartBoundary(contentType: string): string | undefined {
  const found = BOUNDARY.exec(contentType);
  return found?.[1] ?? found?.[2];
}

/** Reads a part's Content-Disposition; whether it says `form-data` is not asked, the last of two names counts. */
export function readDisposition(field: string): Disposition {
  let name: string | undefined;
  let fileName: string | undefined;
  for (const pair of splitOutsideQuotes(field)) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, Math.max(at, 0)).toLowerCase();
    if (key === 'name') name = unquote(pair.slice(at + 1));
    if (key === 'filename') fileName = unquote(pair.slice(at + 1));
  }
  return { name, fileName };
}

/** Gives a file's name without the folders that a browser, or an attacker, put in front of it. */
export function lastSegment(fileName: string): string {
  return fileName.slice(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
}

/** Gives a part's media type as `$_FILES` has it: without parameters, and empty where there is none. */
export function partType(contentType: string | undefined): string {
  return contentType?.split(';', 1)[0]?.trim() ?? '';
}

/**
 * States whether PHP takes the name of a file: brackets that do not pair, or text between or behind them,
 * make it drop the file (CVE-2012-1172).
 */
export function isFileName(name: string): boolean {
  return /^[^[\]]*(?:\[[^[\]]*\])*$/.test(name);
}

/** Splits at `;`, but for those in single or double quotes; a quote may be escaped by a backslash. */
function splitOutsideQuotes(text: string): readonly string[] {
  const parts = text.match(/(?:"(?:\\"|[^"])*(?:"|$)|'(?:\\'|[^'])*(?:'|$)|[^;"'])+/g) ?? [];
  return parts.map((part) => part.trimStart());
}

/** Reads a value: to the closing quote, or to the first white space where there is no quote. */
function unquote(text: string): string {
  const value = text.trimStart();
  const quote = value[0];
  const ended =
    quote === '"'
      ? /^"((?:\\[\\"]|[^"])*)/.exec(value)?.[1]
      : quote === "'"
        ? /^'((?:\\[\\']|[^'])*)/.exec(value)?.[1]
        : /^\S*/.exec(value)?.[0];
  const unescaped =
    quote === '"' || quote === "'" ? ended?.replace(/\\([\\"'])/g, unescapeFor(quote)) : ended;
  return (unescaped ?? '').split('\0', 1)[0] ?? '';
}

/** In double quotes `\'` stays as it is, and the other way round. */
function unescapeFor(quote: string): (escaped: string, character: string) => string {
  return (escaped, character) => (character === '\\' || character === quote ? character : escaped);
}
