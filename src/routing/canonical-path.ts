// The one form of a path that matching is done on. What is forwarded is never this, but the raw target.

const PLAIN = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/]*$/;
const UNRESERVED = /[A-Za-z0-9\-._~]/;
const TO_NORMALISE = /%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/g;

/**
 * Returns the canonical form of a raw request path: unreserved characters decoded, every other
 * escape kept in upper case, bytes that may not stand in a path escaped, slashes merged, dot
 * segments removed. Takes the path without its query, as Node gives it (one character a byte).
 * Source: RFC 3986 §6.2.2.
 */
export function canonicalPath(rawPath: string): string {
  return withoutDotSegments(evenPath(rawPath));
}

/** Does the part of canonicalPath in which servers agree whatever their order: all but dot segments. */
export function evenPath(rawPath: string): string {
  const even = PLAIN.test(rawPath) ? rawPath : rawPath.replace(TO_NORMALISE, normalised);
  return even.includes('//') ? even.replace(/\/{2,}/g, '/') : even;
}

/** Removes `.` and `..` (RFC 3986 §5.2.4) from a path whose unreserved characters are decoded. */
export function withoutDotSegments(path: string): string {
  return path.includes('/.') ? removeDotSegments(path) : path;
}

/** Spells text of a routes file, which is UTF-8, as canonical paths are spelt. Does not look for dot segments. */
export function spelt(text: string): string {
  return evenPath(Buffer.from(text, 'utf8').toString('latin1'));
}

/** Splits a raw request target into its path and its query; the query is undefined when there is no `?`. */
export function splitTarget(target: string): { path: string; query: string | undefined } {
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, query: undefined }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/**
 * Decodes what one parameter captured, once. Escapes that are not UTF-8 are left as they were, so
 * that the result is always a string that can be encoded back.
 */
export function decodeCaptured(captured: string): string {
  if (!captured.includes('%')) return captured;
  try {
    return decodeURIComponent(captured);
  } catch {
    return captured;
  }
}

/** What each escape becomes, in every spelling of its two digits. */
const escapes = new Map(
  Array.from({ length: 256 }, (_, byte) => byte).flatMap((byte) => {
    const upper = byte.toString(16).toUpperCase().padStart(2, '0');
    const lower = upper.toLowerCase();
    const spellings = [upper, lower, upper.charAt(0) + lower.charAt(1), lower.charAt(0) + upper.charAt(1)];
    const char = String.fromCharCode(byte);
    const becomes = UNRESERVED.test(char) ? char : `%${upper}`;
    return spellings.map((spelling): [string, string] => [`%${spelling}`, becomes]);
  }),
);

function normalised(found: string): string {
  return escapes.get(found) ?? escapeByte(found.charCodeAt(0));
}

function escapeByte(byte: number): string {
  return `%${(byte & 0xff).toString(16).toUpperCase().padStart(2, '0')}`;
}

function removeDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  const last = segments.at(-1);
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  const endsInDirectory = last === '.' || last === '..';
  return `/${kept.join('/')}${endsInDirectory && kept.length > 0 ? '/' : ''}`;
}
